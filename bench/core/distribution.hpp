#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/random.hpp"

namespace citusbench {

/// How operations choose keys: --keys uniform | zipf:THETA | latest.
struct KeyDistribution {
    enum class Kind : std::uint8_t { uniform, zipf, latest };
    Kind kind = Kind::uniform;
    double theta = 0.99; ///< skew of zipf and latest, in (0, 10]; 1 is allowed

    /// Throws std::invalid_argument that says what is accepted.
    static KeyDistribution parse(std::string_view text);
    std::string to_string() const;
};

/// Draws keys in [0, count) after a KeyDistribution. Zipf by rejection-inversion (Hörmann and
/// Derflinger, 1996): O(1) a draw and no table; rank 0 is the hottest, and ranks are scattered over
/// the keys by a fixed permutation so that hot keys do not share a shard. `latest` is zipf counted
/// back from the last key. Immutable, so threads may share it.
class KeyChooser {
  public:
    KeyChooser(KeyDistribution distribution, std::uint64_t count);
    std::uint64_t operator()(Random& random) const;
    std::uint64_t count() const { return count_; }

  private:
    std::uint64_t rank(Random& random) const;
    std::uint64_t scatter(std::uint64_t rank) const;
    double h_integral(double x) const;
    double h_integral_inverse(double x) const;

    KeyDistribution distribution_;
    std::uint64_t count_;
    std::uint64_t mask_ = 0; ///< of the permutation's domain, the power of two at or above count
    int half_bits_ = 0;
    double h_x1_ = 0;
    double h_n_ = 0;
    double s_ = 0;
};

/// Draws an index with probability weight / sum in O(1) (Walker's alias method, Vose 1991).
class WeightedChoice {
  public:
    /// At least one weight must be positive, none negative.
    explicit WeightedChoice(std::span<const double> weights);
    std::size_t operator()(Random& random) const;
    /// The same from Random(seed, stream, index), which is not made where there is no choice.
    std::size_t operator()(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) const {
        if (only_) return *only_;
        Random random(seed, stream, index);
        return (*this)(random);
    }

  private:
    struct Cell {
        double keep;
        std::uint32_t alias;
    };
    std::vector<Cell> cells_;
    std::optional<std::size_t> only_; ///< with a weight above zero
};

} // namespace citusbench
