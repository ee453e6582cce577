#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "cli/plan_tables.hpp"
#include "core/error.hpp"
#include "core/quantity.hpp"

namespace citusbench {
namespace {

/// Trying an insert again is safe only where its id can be stored once.
void check_retries(const Plan& plan) {
    if (plan.retries == 0 || plan.workload->inserts_are_unique()) return;
    const auto& kinds = plan.workload->operations();
    for (std::size_t i = 0; i < kinds.size(); ++i)
        if (kinds[i].rows > 0 && plan.weights[i] > 0)
            throw UsageError(fmt::format(
                "--retry {}: the tables of this schema have no unique key, so that rows of {} "
                "tried "
                "again could be stored twice; leave --retry out, or use a schema with keys "
                "(spatial: --schema tuned)",
                plan.retries, kinds[i].name));
}

void read_threads(const ParsedOptions& options, Plan& plan) {
    constexpr unsigned connections_of_a_thread = 64;
    const auto cores = std::max(1U, std::thread::hardware_concurrency());
    const auto wanted = (plan.connections + connections_of_a_thread - 1) / connections_of_a_thread;
    if (!options.has("threads")) plan.threads = std::clamp(wanted, 1U, cores);
    if (plan.threads > plan.connections)
        throw UsageError(
            fmt::format("--threads {}: more than --connections {}; each thread needs one",
                        plan.threads, plan.connections));
}

/// A closed loop has no arrivals.
void read_arrival(const ParsedOptions& options, Plan& plan) {
    const auto& arrival = options.text("arrival");
    if (!arrival.empty() && !plan.rate)
        throw UsageError(
            fmt::format("--arrival {}: needs --rate, a closed loop has no arrivals", arrival));
    if (!plan.rate) return;
    plan.arrival = Poisson{*plan.rate};
    if (arrival == "constant") plan.arrival = Constant{*plan.rate};
}

} // namespace

const OptionTable<Plan>& load_table() {
    static const OptionTable<Plan> table = {
        {text_option("connections,c", "N", "16", "connections in all"),
         [](Plan& plan, const OptionValue& value) {
             plan.connections = value.number<unsigned>(1, 100'000);
         }},
        {text_option("threads,t", "N",
                     "threads (default: one per 64 connections, at most one per core)"),
         [](Plan& plan, const OptionValue& value) {
             plan.threads = value.number<unsigned>(1, 1024);
         }},
        {text_option("rate", "R",
                     "open loop: operations per second, as 5000, 5k or 30/min (default: closed "
                     "loop)"),
         [](Plan& plan, const OptionValue& value) { plan.rate = value.rate(); }},
        {text_option("pipeline", "DEPTH", "1", "operations in flight on a connection"),
         [](Plan& plan, const OptionValue& value) {
             plan.depth = value.number<std::size_t>(1, 10'000);
         }},
        {text_option("batch", "N", "1", "operations per pipeline sync, at most DEPTH"),
         [](Plan& plan, const OptionValue& value) {
             plan.batch = value.number<std::size_t>(1, 10'000);
         }},
        {text_option("protocol", "NAME",
                     "prepared: each statement once a connection; extended: parsed at each "
                     "operation, as poolers by transaction may need it (default: prepared where "
                     "that works)")},
        {text_option("warmup", "TIME", "2s", "load before the measuring starts"),
         [](Plan& plan, const OptionValue& value) { plan.warmup = value.duration_or_zero(); }},
        {text_option("duration", "TIME", "of a run without faults (default: 30s)"),
         [](Plan& plan, const OptionValue& value) { plan.duration = value.duration(); }},
        {text_option("timeout", "TIME", "5s", "deadline of an operation"),
         [](Plan& plan, const OptionValue& value) { plan.timeout = to_ticks(value.duration()); }},
        {text_option("retry", "N", "0",
                     "further tries of an operation that did not succeed, under the same id, with "
                     "a backoff"),
         [](Plan& plan, const OptionValue& value) {
             plan.retries = value.number<unsigned>(0, 1000);
         }},
        {text_option("check-answers", "SHARE", "1%",
                     "check this share of the answers while the load runs, as 1%, 0.01 or off"),
         [](Plan& plan, const OptionValue& value) {
             plan.check_share = value.parse(&parse_share);
         }},
    };
    return table;
}

void read_load(const ParsedOptions& options, Plan& plan) {
    read_threads(options, plan);
    if (plan.batch > plan.depth)
        throw UsageError(fmt::format("--batch {}: more than --pipeline {}; raise --pipeline",
                                     plan.batch, plan.depth));
    check_retries(plan);
    read_arrival(options, plan);
}

} // namespace citusbench
