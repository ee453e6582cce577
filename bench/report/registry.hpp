#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "record/reporter.hpp"
#include "report/console.hpp"

namespace citusbench {

/// What reporters need besides the RunRecord.
struct ReportOptions {
    ConsoleOptions console;
};

/// An output of a run, by name.
struct ReporterRegistration {
    std::string_view name;
    std::string_view summary; ///< a line for people
    std::unique_ptr<Reporter> (*make)(const ReportOptions&);
};

/// All outputs; a new one is a file beside this one and a line in registry.cpp.
std::span<const ReporterRegistration> reporters();

} // namespace citusbench
