#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

namespace citusbench {

/// A log-linear histogram of durations in nanoseconds: 1,024 equal buckets in every power of two,
/// so a bucket is at most 1/1024 of its value wide and any quantile is right to three significant
/// digits from 1 µs to 1 h (below 1,024 ns each nanosecond has its own bucket). Pages of 1,024
/// buckets are allocated at first use, so an empty histogram costs little. merge() is lossless.
class Histogram {
  public:
    static constexpr int page_bits = 10;
    static constexpr std::uint64_t page_size = 1ULL << page_bits;
    static constexpr std::uint64_t max_ns =
        3'600'000'000'000ULL; ///< 1 h; larger is recorded as this

    struct Bucket {
        std::uint64_t from_ns; ///< inclusive
        std::uint64_t to_ns;   ///< exclusive
        std::uint64_t count;
    };

    /// Negative values count as 0.
    void record(std::int64_t ns) {
        const auto value = clamp(ns);
        const auto [page, slot] = locate(value);
        if (!pages_[page]) [[unlikely]]
            add_page(page);
        ++(*pages_[page])[slot];
        ++count_;
        sum_ns_ += value;
        if (value < min_ns_) min_ns_ = value;
        if (value > max_ns_) max_ns_ = value;
    }

    void merge(const Histogram& other);
    /// A histogram that was taken apart: its buckets, by any value in them, and what they cannot
    /// tell exactly. Throws std::invalid_argument where these contradict one another.
    struct Exact {
        std::uint64_t sum_ns = 0;
        std::uint64_t min_ns = 0;
        std::uint64_t max_ns = 0;
    };
    static Histogram restore(const std::vector<Bucket>& buckets, const Exact& exact);
    Exact exact() const { return {sum_ns_, min(), max_ns_}; }

    std::uint64_t count() const { return count_; }
    bool empty() const { return count_ == 0; }
    /// Exact; 0 when empty.
    std::uint64_t min() const { return count_ == 0 ? 0 : min_ns_; }
    std::uint64_t max() const { return max_ns_; }
    double mean() const;
    /// The smallest recorded value that at least q·count values do not exceed, as the middle of its
    /// bucket, never outside [min, max]; the lowest and the highest value exactly. q in [0, 1];
    /// 0 when empty: ask empty() first.
    std::uint64_t quantile(double q) const;
    /// Values in the buckets above the one that `ns` falls into.
    std::uint64_t count_above(std::uint64_t ns) const;
    /// The non-empty buckets, ascending.
    std::vector<Bucket> buckets() const;

  private:
    static constexpr std::size_t page_count = 33; // 2^42 ns > 1 h
    using Page = std::array<std::uint64_t, page_size>;
    struct Place {
        std::size_t page;
        std::size_t slot;
    };

    static std::uint64_t clamp(std::int64_t ns) {
        if (ns < 0) return 0;
        const auto value = static_cast<std::uint64_t>(ns);
        return value > max_ns ? max_ns : value;
    }
    static Place locate(std::uint64_t value) {
        if (value < page_size) return {0, value};
        const int exponent = static_cast<int>(std::bit_width(value)) - 1;
        return {static_cast<std::size_t>(exponent - page_bits + 1),
                (value >> (exponent - page_bits)) & (page_size - 1)};
    }
    static Bucket bucket_at(std::size_t page, std::size_t slot, std::uint64_t count);
    void add_page(std::size_t page);

    std::array<std::unique_ptr<Page>, page_count> pages_;
    std::uint64_t count_ = 0;
    std::uint64_t sum_ns_ = 0;
    std::uint64_t min_ns_ = UINT64_MAX;
    std::uint64_t max_ns_ = 0;
};

} // namespace citusbench
