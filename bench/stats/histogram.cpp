#include "stats/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace citusbench {
namespace {

/// The rank of the q-quantile among `count` values, from 1. The factor takes back what rounding
/// adds: 0.07 * 100 is a little above 7 in floating point and would become the 8th value.
std::uint64_t rank_of(double q, std::uint64_t count) {
    const double exact = std::clamp(q, 0.0, 1.0) * static_cast<double>(count);
    const auto rank = static_cast<std::uint64_t>(std::ceil(exact * (1 - 1e-15)));
    return std::clamp<std::uint64_t>(rank, 1, count);
}

} // namespace

Histogram::Bucket Histogram::bucket_at(std::size_t page, std::size_t slot, std::uint64_t count) {
    if (page == 0) return {slot, slot + 1, count};
    const auto shift = page - 1;
    const auto from = (page_size + slot) << shift;
    return {from, from + (1ULL << shift), count};
}

void Histogram::add_page(std::size_t page) {
    pages_[page] = std::make_unique<Page>();
}

void Histogram::merge(const Histogram& other) {
    for (std::size_t page = 0; page < page_count; ++page) {
        if (!other.pages_[page]) continue;
        if (!pages_[page]) add_page(page);
        auto& mine = *pages_[page];
        const auto& theirs = *other.pages_[page];
        for (std::size_t slot = 0; slot < page_size; ++slot) mine[slot] += theirs[slot];
    }
    count_ += other.count_;
    sum_ns_ += other.sum_ns_;
    min_ns_ = std::min(min_ns_, other.min_ns_);
    max_ns_ = std::max(max_ns_, other.max_ns_);
}

Histogram Histogram::restore(const std::vector<Bucket>& buckets, const Exact& exact) {
    Histogram made;
    for (const auto& bucket : buckets) {
        if (bucket.from_ns > max_ns) throw std::invalid_argument("a value above an hour");
        const auto [page, slot] = locate(bucket.from_ns);
        if (!made.pages_[page]) made.add_page(page);
        (*made.pages_[page])[slot] += bucket.count;
        made.count_ += bucket.count;
    }
    if (made.count_ == 0) return made;
    if (exact.min_ns > exact.max_ns || exact.max_ns > max_ns)
        throw std::invalid_argument("a smallest value above the greatest");
    made.sum_ns_ = exact.sum_ns;
    made.min_ns_ = exact.min_ns;
    made.max_ns_ = exact.max_ns;
    return made;
}

double Histogram::mean() const {
    return count_ == 0 ? 0 : static_cast<double>(sum_ns_) / static_cast<double>(count_);
}

std::uint64_t Histogram::quantile(double q) const {
    if (count_ == 0) return 0;
    const auto rank = rank_of(q, count_);
    // The ends are known exactly.
    if (rank == 1) return min_ns_;
    if (rank == count_) return max_ns_;
    std::uint64_t seen = 0;
    for (std::size_t page = 0; page < page_count; ++page) {
        if (!pages_[page]) continue;
        for (std::size_t slot = 0; slot < page_size; ++slot) {
            seen += (*pages_[page])[slot];
            if (seen < rank) continue;
            const auto bucket = bucket_at(page, slot, 0);
            const auto middle = bucket.from_ns + (bucket.to_ns - bucket.from_ns - 1) / 2;
            return std::clamp(middle, min_ns_, max_ns_);
        }
    }
    return max_ns_;
}

std::uint64_t Histogram::count_above(std::uint64_t ns) const {
    if (ns >= max_ns_) return 0;
    const auto [first_page, first_slot] = locate(ns);
    std::uint64_t above = 0;
    for (std::size_t page = first_page; page < page_count; ++page) {
        if (!pages_[page]) continue;
        const auto begin = page == first_page ? first_slot + 1 : 0;
        for (auto slot = begin; slot < page_size; ++slot) above += (*pages_[page])[slot];
    }
    return above;
}

std::vector<Histogram::Bucket> Histogram::buckets() const {
    std::vector<Bucket> result;
    for (std::size_t page = 0; page < page_count; ++page) {
        if (!pages_[page]) continue;
        for (std::size_t slot = 0; slot < page_size; ++slot) {
            const auto count = (*pages_[page])[slot];
            if (count > 0) result.push_back(bucket_at(page, slot, count));
        }
    }
    return result;
}

} // namespace citusbench
