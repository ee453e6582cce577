#pragma once

#include <memory>
#include <string>

#include "record/reporter.hpp"

namespace citusbench {

/// suite.csv, for the records of `citusbench suite`.
std::unique_ptr<Reporter> make_suite();

/// A line for each operation, and columns for each condition.
std::string suite_table(const SuiteRecord& suite, std::size_t width,
                        const std::string& header_style);

} // namespace citusbench
