#pragma once

#include "options/option_values.hpp"
#include "plan/plan.hpp"

namespace citusbench {

/// Adds the faults that a --fault or another option of the same form names.
void apply_faults(Plan& plan, const OptionValue& value);

/// The rules of the options of faults, once the plan's cluster is decided. Throws UsageError for a
/// kind or node that does not exist, with the names that do.
void read_faults(const ParsedOptions& options, Plan& plan);

} // namespace citusbench
