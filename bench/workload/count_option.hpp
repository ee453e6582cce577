#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace citusbench {

/// A workload's option that is a number, and what it may be.
struct CountOption {
    std::string_view name; ///< without dashes
    std::uint64_t min;
    std::uint64_t max;
};

/// From the texts of a workload's options; `default_value` where the option is missing. Throws
/// UsageError that names the option, its value and the range.
std::uint64_t read_count(const std::map<std::string, std::string, std::less<>>& options,
                         const CountOption& option, std::uint64_t default_value);

} // namespace citusbench
