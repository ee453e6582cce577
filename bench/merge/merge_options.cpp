#include "merge/merge_options.hpp"

#include <array>

#include <fmt/format.h>

#include "core/error.hpp"
#include "options/option_values.hpp"
#include "options/parse_options.hpp"

namespace citusbench {
namespace {

const OptionTable<MergeOptions>& merge_table() {
    static const OptionTable<MergeOptions> table = {
        {list_option("dsn", "CONNINFO",
                     "the database of the load: the merged run is verified there"),
         [](MergeOptions& options, const OptionValue& value) { options.dsns = value.list(); }},
        {text_option("results", "DIR", "results", "where the merged run's folder goes"),
         [](MergeOptions& options, const OptionValue& value) { options.results = value.text(); }},
        {text_option("label", "TEXT", "merged", "part of the folder's name"),
         [](MergeOptions& options, const OptionValue& value) { options.label = value.text(); }},
        {help_option(),
         [](MergeOptions& options, const OptionValue& value) { options.help = value.is_on(); }},
    };
    return table;
}

OptionGroup merge_group() {
    return {"Options", options_of(merge_table())};
}

} // namespace

std::string merge_help() {
    return "Usage: citusbench merge [options] RUN RUN…\n\n"
           "Makes one run of the runs of a load that several processes made with --shard-of I/K\n"
           "and the same --start-at: histograms, counts, errors, events and ledgers are added\n"
           "without loss. With --dsn the whole is verified as one.\n\n" +
           help_text(merge_group());
}

MergeOptions parse_merge_options(std::span<const std::string> args) {
    const std::array groups = {merge_group()};
    const auto parsed = parse_options(args, groups, {"merge", "citusbench merge --help", true});
    MergeOptions options;
    apply_options(merge_table(), parsed, options);
    if (options.help) return options;
    for (const auto& run : parsed.arguments()) options.runs.emplace_back(run);
    if (options.runs.size() < 2)
        throw UsageError(fmt::format("merge needs the folders of at least two runs, but {} given; "
                                     "name all parts of a load that was made with --shard-of",
                                     options.runs.empty() ? "none was" : "only one was"));
    return options;
}

} // namespace citusbench
