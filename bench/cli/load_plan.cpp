#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <thread>

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

/// "auto" and "none" are words, anything else is a rate.
void apply_rate(Plan& plan, const OptionValue& value) {
    plan.finds_rate = value.text() == "auto";
    if (!plan.finds_rate && value.text() != "none") plan.rate = value.rate();
}

void apply_warmup(Plan& plan, const OptionValue& value) {
    if (value.text() != "auto") plan.warmup = value.duration_or_zero();
}

} // namespace

void read_arrival(const ParsedOptions& options, Plan& plan) {
    // A closed loop would hand the room of failed operations to those that still work.
    if (!options.has("rate")) plan.finds_rate = !plan.faults.empty();
    const auto& arrival = options.text("arrival");
    const bool is_open_loop = plan.rate || plan.finds_rate;
    if (!arrival.empty() && !is_open_loop)
        throw UsageError(
            fmt::format("--arrival {}: needs --rate, a closed loop has no arrivals", arrival));
    if (!is_open_loop) return;
    plan.arrival = Poisson{plan.rate.value_or(0)};
    if (arrival == "constant") plan.arrival = Constant{plan.rate.value_or(0)};
}

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
        {text_option("rate", "R|auto|none",
                     "open loop: operations per second, as 5000, 5k or 30/min; auto: half of what "
                     "a closed loop reaches after the warm-up; none: closed loop (default: auto "
                     "with faults, none without)"),
         &apply_rate},
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
        {text_option("warmup", "auto|TIME", "auto",
                     "load before the measuring starts; auto: until rate and median response time "
                     "have no trend, 2 to 30 s"),
         &apply_warmup},
        {text_option("duration", "TIME", "length of a run without faults (default: 30s)"),
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
}

namespace {

template <typename Number>
bool read_all(std::string_view text, Number& number) {
    const auto* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, number);
    return !text.empty() && result.ec == std::errc() && result.ptr == end;
}

constexpr double latest = 4e9; ///< seconds since 1970, the year 2096

} // namespace

std::int64_t parse_moment(std::string_view text) {
    static const std::string hint =
        "write a time as 2026-01-31T12:00:00Z, or as seconds since 1970";
    double seconds = 0;
    if (!read_all(text, seconds)) {
        seconds = 0; // its beginning was a number
        tm parts{};
        const std::string copy(text);
        const char* rest = strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
        if (!rest || !copy.ends_with('Z')) throw std::invalid_argument(hint);
        const std::string_view fraction(rest, copy.c_str() + copy.size() - 1);
        if (!fraction.empty() && (fraction[0] != '.' || !read_all(fraction, seconds)))
            throw std::invalid_argument(hint);
        seconds += static_cast<double>(timegm(&parts));
    }
    if (!(seconds > 0 && seconds < latest)) throw std::invalid_argument(hint);
    return static_cast<std::int64_t>(seconds * 1e6);
}

LoadSlice parse_shard_of(std::string_view text) {
    static const std::string hint = "write I/K with I from 1 to K, and K at most 1000";
    const auto slash = text.find('/');
    LoadSlice slice;
    if (slash == std::string_view::npos || !read_all(text.substr(0, slash), slice.index) ||
        !read_all(text.substr(slash + 1), slice.count))
        throw std::invalid_argument(hint);
    if (slice.index < 1 || slice.index > slice.count || slice.count > 1000)
        throw std::invalid_argument(hint);
    --slice.index;
    return slice;
}

void read_share(const ParsedOptions& options, Plan& plan) {
    if (!plan.slice.is_part()) return;
    const OptionValue value(options, "shard-of");
    if (!plan.start_at_us)
        value.refuse("the processes must start together; name the same --start-at in each");
    if (plan.dsns.empty()) value.refuse("the processes need the same database; name it with --dsn");
    if (!plan.faults.empty())
        value.refuse("the phases of a fault are known to one process only; leave the fault out, or "
                     "--shard-of");
    if (plan.by_entry)
        throw UsageError("--by entry: the parts of a load are merged without it; leave it out, or "
                         "--shard-of");
    if (plan.finds_rate)
        throw UsageError("--rate auto: each of the processes would find another one; name the rate "
                         "of all together, or leave out --shard-of");
    // Each would be steady at another moment, and they measure from the same one on.
    constexpr std::chrono::seconds warmup_of_parts(5);
    if (!plan.warmup) plan.warmup = warmup_of_parts;
    // This process cannot verify the rows of the others: merge checks them all.
    plan.verify = false;
    plan.check_share = 0;
}

} // namespace citusbench
