#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace citusbench::orders {

/// How much data the load makes; validated, so that every id fits below 2^43 (run 0).
struct Scale {
    std::uint64_t users = 1000;
    std::uint64_t orders_per_user = 5;
    std::uint64_t products = 100;

    /// From the texts of the options, without dashes; one that is missing keeps its default.
    /// Throws UsageError.
    static Scale parse(const std::map<std::string, std::string, std::less<>>& options);
    std::string to_string() const;
};

} // namespace citusbench::orders
