#include "compare/compare_command.hpp"

#include <cstdio>
#include <sstream>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "compare/comparison.hpp"
#include "compare/run_summary.hpp"
#include "core/error.hpp"

namespace citusbench {
namespace {

namespace po = boost::program_options;

struct CompareOptions {
    std::vector<std::string> runs;
    ComparisonFormat format = ComparisonFormat::text;
    bool force = false;
    bool help = false;
};

po::options_description visible_options() {
    po::options_description options("Options");
    auto add = options.add_options();
    add("format", po::value<std::string>()->default_value("text")->value_name("FORMAT"),
        "text, csv or markdown");
    add("force", po::bool_switch(),
        "compare also runs of different workloads, scales, topologies or engines");
    add("help,h", po::bool_switch(), "show this");
    return options;
}

std::string help_text() {
    std::ostringstream text;
    text << "Usage: citusbench compare [options] BASE NEW [NEW…]\n\n"
            "Shows runs side by side, phase by phase and operation by operation, with the\n"
            "difference of each NEW from BASE in percent. A run is given by its folder or by its\n"
            "summary.csv. Latencies are response times of ok operations.\n\n"
         << visible_options();
    return text.str();
}

ComparisonFormat parse_format(const std::string& text) {
    if (text == "text") return ComparisonFormat::text;
    if (text == "csv") return ComparisonFormat::csv;
    if (text == "markdown") return ComparisonFormat::markdown;
    throw UsageError(fmt::format("--format {}: use text, csv or markdown", text));
}

CompareOptions parse_options(std::span<const std::string> args) {
    po::options_description options;
    options.add(visible_options());
    options.add_options()("run", po::value<std::vector<std::string>>());
    po::positional_options_description positional;
    positional.add("run", -1);
    namespace style = po::command_line_style;
    po::variables_map values;
    try {
        const std::vector<std::string> words(args.begin(), args.end());
        po::store(po::command_line_parser(words)
                      .options(options)
                      .positional(positional)
                      .style(style::unix_style & ~style::allow_guessing)
                      .run(),
                  values);
        po::notify(values);
    } catch (const po::error& error) {
        throw UsageError(fmt::format("compare: {}; see citusbench compare --help", error.what()));
    }
    CompareOptions result;
    result.help = values["help"].as<bool>();
    if (result.help) return result;
    result.force = values["force"].as<bool>();
    result.format = parse_format(values["format"].as<std::string>());
    if (values.count("run") > 0) result.runs = values["run"].as<std::vector<std::string>>();
    if (result.runs.size() < 2)
        throw UsageError(
            fmt::format("compare needs BASE and at least one NEW, but {} given: name two "
                        "run folders or summary.csv files",
                        result.runs.empty() ? "none was" : "only one was"));
    return result;
}

void print(const std::string& text) {
    const auto written = std::fwrite(text.data(), 1, text.size(), stdout);
    if (written != text.size() || std::fflush(stdout) != 0)
        throw RunError("the comparison could not be written to standard output");
}

} // namespace

int compare_command(std::span<const std::string> args) {
    const auto options = parse_options(args);
    if (options.help) {
        print(help_text());
        return 0;
    }
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
