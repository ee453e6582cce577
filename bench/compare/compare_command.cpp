#include "compare/compare_command.hpp"

#include <array>
#include <cstdio>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "compare/comparison.hpp"
#include "compare/run_summary.hpp"
#include "core/error.hpp"
#include "options/option_values.hpp"
#include "options/parse_options.hpp"

namespace citusbench {
namespace {

struct CompareOptions {
    std::vector<std::string> runs;
    ComparisonFormat format = ComparisonFormat::text;
    bool force = false;
};

const OptionTable<CompareOptions>& compare_table() {
    static const OptionTable<CompareOptions> table = {
        {text_option("format", "FORMAT", "text", "text, csv or markdown"),
         [](CompareOptions& options, const OptionValue& value) {
             options.format =
                 value.choice<ComparisonFormat>({{"text", ComparisonFormat::text},
                                                 {"csv", ComparisonFormat::csv},
                                                 {"markdown", ComparisonFormat::markdown}});
         }},
        {switch_option("force",
                       "also compare runs of different workloads, scales, topologies or engines"),
         [](CompareOptions& options, const OptionValue& value) { options.force = value.is_on(); }},
        {help_option()},
    };
    return table;
}

OptionGroup compare_group() {
    return {"Options", options_of(compare_table())};
}

std::string compare_help() {
    return "Usage: citusbench compare [options] BASE NEW [NEW…]\n\n"
           "Shows runs side by side, phase by phase and operation by operation, with the\n"
           "difference of each NEW from BASE in percent. A run is given by its folder or by its\n"
           "summary.csv. Latencies are response times of ok operations.\n\n" +
           help_text(compare_group());
}

/// Nothing where help was asked for.
std::optional<CompareOptions> parse_compare_options(std::span<const std::string> args) {
    const std::array groups = {compare_group()};
    const auto parsed = parse_options(args, groups, {"compare", "citusbench compare --help", true});
    if (parsed.is_on("help")) return std::nullopt;
    CompareOptions options;
    apply_options(compare_table(), parsed, options);
    options.runs = parsed.arguments();
    if (options.runs.size() < 2)
        throw UsageError(
            fmt::format("compare needs BASE and at least one NEW, but {} given: name two "
                        "run folders or summary.csv files",
                        options.runs.empty() ? "none was" : "only one was"));
    return options;
}

void print(const std::string& text) {
    const auto written = std::fwrite(text.data(), 1, text.size(), stdout);
    if (written != text.size() || std::fflush(stdout) != 0)
        throw RunError("the comparison could not be written to standard output");
}

} // namespace

int compare_command(std::span<const std::string> args) {
    const auto parsed = parse_compare_options(args);
    if (!parsed) {
        print(compare_help());
        return 0;
    }
    const auto& options = *parsed;
    std::vector<RunSummary> runs;
    for (const auto& run : options.runs) runs.push_back(read_run_summary(run));
    const auto comparison = compare_runs(runs, options.force);
    if (options.format == ComparisonFormat::csv)
        for (const auto& note : comparison.notes)
            (void)std::fputs(fmt::format("note: {}\n", note).c_str(), stderr);
    print(format_comparison(comparison, options.format));
    return 0;
}

} // namespace citusbench
