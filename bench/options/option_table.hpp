#pragma once

#include <string>
#include <utility>
#include <vector>

#include "options/option.hpp"
#include "options/option_values.hpp"
#include "options/parsed_options.hpp"

namespace citusbench {

/// An option and what its value does: the one place where it is written down. Help, config files
/// and plans follow from tables of these.
template <typename RunTarget>
struct OptionRow {
    Option option;
    /// Writes the value, given or by default. None where it takes several options to decide.
    void (*apply)(RunTarget& target, const OptionValue& value) = nullptr;
};

template <typename RunTarget>
using OptionTable = std::vector<OptionRow<RunTarget>>;

template <typename RunTarget>
std::vector<Option> options_of(const OptionTable<RunTarget>& table) {
    std::vector<Option> options;
    for (const auto& row : table) options.push_back(row.option);
    return options;
}

/// Applies each row whose option has a value, in the table's order. Throws UsageError.
template <typename RunTarget>
void apply_options(const OptionTable<RunTarget>& table, const ParsedOptions& options,
                   RunTarget& target) {
    for (const auto& row : table)
        if (row.apply && options.has(row.option.name))
            row.apply(target, OptionValue(options, row.option.name));
}

} // namespace citusbench
