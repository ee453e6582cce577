#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace citusbench::perf {

/// The middle one of several measurements, and how far they lie apart.
struct Spread {
    double median = 0;
    double least = 0;
    double most = 0;

    explicit Spread(std::vector<double> values) {
        std::sort(values.begin(), values.end());
        median = values[values.size() / 2];
        least = values.front();
        most = values.back();
    }
    std::string range() const { return fmt::format("{:.2f}–{:.2f}", least, most); }
};

} // namespace citusbench::perf
