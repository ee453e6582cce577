#pragma once

#include <cstdint>
#include <limits>

namespace citusbench {

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): a bijection of 64 bits that avalanches.
constexpr std::uint64_t mix64(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

/// SplitMix64 started from a key, so that operation or row *index* of a stream has its own sequence
/// without any state to carry: Random(seed, stream, index) is a pure function of its arguments.
class Random {
  public:
    using result_type = std::uint64_t;

    constexpr Random(std::uint64_t seed, std::uint64_t stream, std::uint64_t index)
        : state_(mix64(mix64(mix64(seed) + stream) + index)) {}

    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

    constexpr result_type operator()() {
        const std::uint64_t value = mix64(state_);
        state_ += 0x9e3779b97f4a7c15ULL;
        return value;
    }

    /// Uniform in [0, bound), bound > 0 (Lemire's multiply-shift; the bias is below bound / 2^64).
    constexpr std::uint64_t below(std::uint64_t bound) {
        __extension__ using Wide = unsigned __int128;
        return static_cast<std::uint64_t>((static_cast<Wide>((*this)()) * bound) >> 64);
    }

    /// Uniform in [0, 1) with 53 bits.
    constexpr double unit() { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }

  private:
    std::uint64_t state_;
};

} // namespace citusbench
