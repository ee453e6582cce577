#include "merge/merge_options.hpp"

#include <sstream>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "core/error.hpp"

namespace citusbench {
namespace {

namespace po = boost::program_options;

po::options_description visible_options() {
    po::options_description options("Options");
    options.add_options()("dsn", po::value<std::vector<std::string>>()->value_name("CONNINFO"),
                          "the database of the load: the merged run is verified there")(
        "results", po::value<std::string>()->default_value("results")->value_name("DIR"),
        "where the merged run's folder goes")(
        "label", po::value<std::string>()->default_value("merged")->value_name("TEXT"),
        "part of the folder's name")("help,h", po::bool_switch(), "show this");
    return options;
}

} // namespace

std::string merge_help() {
    std::ostringstream text;
    text << "Usage: citusbench merge [options] RUN RUN…\n\n"
            "Makes one run of the runs of a load that several processes made with --shard-of I/K\n"
            "and the same --start-at: histograms, counts, errors, events and ledgers are added\n"
            "without loss. With --dsn the whole is verified as one.\n\n"
         << visible_options();
    return text.str();
}

MergeOptions parse_merge_options(std::span<const std::string> args) {
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
        throw UsageError(fmt::format("merge: {}; see citusbench merge --help", error.what()));
    }
    MergeOptions result;
    result.help = values["help"].as<bool>();
    if (result.help) return result;
    result.results = values["results"].as<std::string>();
    result.label = values["label"].as<std::string>();
    if (values.count("dsn") > 0) result.dsns = values["dsn"].as<std::vector<std::string>>();
    if (values.count("run") > 0)
        for (const auto& run : values["run"].as<std::vector<std::string>>())
            result.runs.emplace_back(run);
    if (result.runs.size() < 2)
        throw UsageError(fmt::format("merge needs the folders of at least two runs, but {} given; "
                                     "name all parts of a load that was made with --shard-of",
                                     result.runs.empty() ? "none was" : "only one was"));
    return result;
}

} // namespace citusbench
