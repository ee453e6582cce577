#include <fmt/format.h>

#include "cli/plan_tables.hpp"
#include "core/error.hpp"

namespace citusbench {
namespace {

void apply_interval(Plan& plan, const OptionValue& value) {
    const auto interval = value.duration();
    if (interval < std::chrono::milliseconds(10)) value.refuse("must be at least 10ms");
    plan.interval = to_ticks(interval);
}

std::string fault_help() {
    std::vector<std::string_view> kinds;
    for (const auto& entry : fault_registry()) kinds.push_back(entry.kind);
    return fmt::format(
        "KIND:NODE[,NODE][:DELAY][@START[+LENGTH]], repeatable; KIND is {}; slow needs a DELAY: "
        "what is sent to the node arrives that much later, so a round trip takes that much longer",
        alternatives(kinds));
}

} // namespace

const OptionTable<Plan>& output_table() {
    static const OptionTable<Plan> table = {
        {text_option("results", "DIR", "results", "where the run's folder goes")},
        {text_option("label", "TEXT", "", "part of the folder's name"),
         [](Plan& plan, const OptionValue& value) { plan.label = value.text(); }},
        {text_option("progress", "MODE", "auto", "auto, plain or none")},
        {text_option("by", "COLUMN",
                     "entry: count by entry point, too, in summary, timeline and histogram"),
         [](Plan& plan, const OptionValue& value) {
             plan.by_entry = value.choice<bool>({{"entry", true}});
         }},
        {switch_option("help,h",
                       "show this; with --workload the workload's own options and operations")},
        {switch_option("help-all", "show every option")},
        {switch_option("version", "show version, commit and libraries")},
    };
    return table;
}

const OptionTable<Plan>& advanced_table() {
    static const OptionTable<Plan> table = {
        {list_option("fault", "FAULT", fault_help()), &apply_faults},
        {text_option("shards", "N", "32", "shards of each table"),
         [](Plan& plan, const OptionValue& value) { plan.shards = value.number<int>(1, 32'768); }},
        {text_option("arrival", "KIND", "of the open loop: constant or poisson (default: poisson)"),
         [](Plan& /*plan*/, const OptionValue& value) {
             value.choice<bool>({{"constant", true}, {"poisson", true}});
         }},
        {text_option("shard-of", "I/K",
                     "process I of K that make one load together, each with its operations and its "
                     "share of the rate; for citusbench merge"),
         [](Plan& plan, const OptionValue& value) { plan.slice = value.parse(&parse_shard_of); }},
        {text_option("start-at", "TIME",
                     "when the load starts, by the server's clock: 2026-01-31T12:00:00Z or seconds "
                     "since 1970"),
         [](Plan& plan, const OptionValue& value) {
             plan.start_at_us = value.parse(&parse_moment);
         }},
        {text_option("weights", "W[,W]",
                     "weights of the entry points, which divide the connections, in the order of "
                     "--dsn or as NODE=W; "
                     "0: only when others fail")},
        {text_option("connect-rate", "R",
                     "maximum of connection attempts per second, as 500 or 1k"),
         [](Plan& plan, const OptionValue& value) { plan.connect_rate = value.rate(); }},
        {text_option("interval", "TIME", "1s", "length of an interval of timeline.csv"),
         &apply_interval},
        {switch_option("no-verify", "do not compare the database with what was acknowledged"),
         [](Plan& plan, const OptionValue& value) { plan.verify = !value.is_on(); }},
        {switch_option("no-monitor", "do not sample the nodes each second (monitor.csv)"),
         [](Plan& plan, const OptionValue& value) { plan.monitor = !value.is_on(); }},
        {text_option("verify-only", "RUN",
                     "no load: compare the database behind --dsn, or the kept cluster's, with the "
                     "run in this folder")},
        {text_option("config", "FILE", "options from an INI file; the command line wins")},
    };
    return table;
}

} // namespace citusbench
