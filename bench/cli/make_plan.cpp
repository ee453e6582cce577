#include "cli/make_plan.hpp"

#include <stdexcept>

#include "cli/fault_plan.hpp"
#include "cli/plan_tables.hpp"
#include "cli/route_plan.hpp"
#include "cli/slice_plan.hpp"
#include "pg/conninfo.hpp"
#include "pg/result.hpp"

namespace citusbench {
namespace {

/// A connection string without its password; what libpq cannot read is masked as any text is.
std::string masked_dsn(const std::string& dsn) {
    try {
        return pg::Conninfo::parse(dsn).masked();
    } catch (const std::invalid_argument&) {
        return pg::one_line(dsn);
    }
}

std::string masked_argument(std::span<const std::string> args, std::size_t i) {
    constexpr std::string_view prefix = "--dsn=";
    if (i > 0 && args[i - 1] == "--dsn") return masked_dsn(args[i]);
    if (args[i].starts_with(prefix))
        return std::string(prefix) + masked_dsn(args[i].substr(prefix.size()));
    return pg::one_line(args[i]);
}

} // namespace

std::string recorded_command_line(std::span<const std::string> args) {
    std::string line = "citusbench";
    for (std::size_t i = 0; i < args.size(); ++i) {
        const auto masked = masked_argument(args, i);
        const bool plain = masked.find_first_of(" '\"\\$&|;<>(){}*?!#") == std::string::npos;
        if (plain && !masked.empty()) {
            line += " " + masked;
            continue;
        }
        line += " '";
        for (const char c : masked) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
        line += "'";
    }
    return line;
}

Plan make_plan(const ParsedOptions& options, std::span<const std::string> args) {
    Plan plan;
    plan.command_line = recorded_command_line(args);
    for (const auto* table : {&workload_table(), &target_table(), &load_table(), &fault_table(),
                              &output_table(), &advanced_table()})
        apply_options(*table, options, plan);
    read_workload(options, plan);
    read_load(options, plan);
    read_target(options, plan);
    read_route(options, plan);
    read_faults(options, plan);
    read_share(options, plan);
    return plan;
}

} // namespace citusbench
