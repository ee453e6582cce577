#include "workload/count_option.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/quantity.hpp"

namespace citusbench {

std::uint64_t read_count(const std::map<std::string, std::string, std::less<>>& options,
                         const CountOption& option, std::uint64_t default_value) {
    const auto found = options.find(option.name);
    if (found == options.end()) return default_value;
    const auto& text = found->second;
    std::uint64_t value = 0;
    try {
        value = parse_count(text);
    } catch (const std::invalid_argument& error) {
        throw UsageError(fmt::format("--{} {}: {}", option.name, text, error.what()));
    }
    if (value < option.min || value > option.max)
        throw UsageError(fmt::format("--{} {}: write a number from {} to {}", option.name, text,
                                     option.min, option.max));
    return value;
}

} // namespace citusbench
