#include "cli/capacity_options.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cli/make_plan.hpp"
#include "core/error.hpp"

namespace citusbench {
namespace {

constexpr auto capacity_overview =
    "citusbench capacity searches for the largest open-loop rate that holds an objective.\n\n"
    "  citusbench capacity --workload chat --slo 'p99<20ms,failed<0.1%'\n"
    "  citusbench capacity --workload chat --slo 'read.p99<5ms' --down worker2\n\n"
    "One cluster and one load serve all probes. The rate goes up until a probe misses, then the\n"
    "bracket is halved down to 5 %, and the rate found is confirmed by a second probe. After that\n"
    "the rate is raised for some seconds and lowered again, to see whether the latency comes "
    "back.\n"
    "Every probe is in capacity.csv; all that was written is compared with the database at the\n"
    "end. Exit code 4: no rate holds the objective.\n\n"
    "The objective is a list of METRIC<LIMIT or METRIC<=LIMIT, separated by commas:\n"
    "  mean p50 p90 p95 p99 p999 max       response time, from the intended start: 20ms, 1s\n"
    "  failed unknown skipped errors       share of the operations: 0.1%, 0.001; errors are all\n"
    "                                      that are not ok\n"
    "A metric may have the prefix read., write. or an operation: read.p99<5ms, post.p95<30ms.\n"
    "An operation that is not ok counts as slower than any limit; in a mean, as the --timeout.\n\n";

/// An option of a run that has no meaning here, with the fix.
struct UnsupportedOption {
    std::string_view name;
    std::string_view fix;
};
constexpr std::array not_for_capacity = {
    UnsupportedOption{"kill", "use --down NODE, which stops it for the second search"},
    UnsupportedOption{"before", "a probe lasts --duration"},
    UnsupportedOption{"during", "a probe lasts --duration"},
    UnsupportedOption{"after", "a probe lasts --duration"},
    UnsupportedOption{"no-heal", "nodes are healed at the end; leave it out"},
    UnsupportedOption{"operator", "a search has no operator; leave it out"},
    UnsupportedOption{"repeat", "leave it out, or repeat the command"},
    UnsupportedOption{"check-answers", "answers are checked in a run; leave it out"},
    UnsupportedOption{"by", "probes are not counted by entry point; leave it out"},
    UnsupportedOption{"verify-only",
                      "leave capacity out; citusbench --verify-only RUN reads its folder, too"},
};

bool is_not_for_capacity(const std::string& name) {
    return std::any_of(not_for_capacity.begin(), not_for_capacity.end(),
                       [&](const UnsupportedOption& option) { return option.name == name; });
}

/// Options of a run that mean something else here.
bool is_replaced(const std::string& name) {
    constexpr std::array<std::string_view, 4> replaced = {"rate", "warmup", "duration", "fault"};
    return std::find(replaced.begin(), replaced.end(), name) != replaced.end();
}

const OptionTable<CapacityPlan>& capacity_table() {
    static const OptionTable<CapacityPlan> table = {
        {text_option("slo", "OBJECTIVE", "what must hold, as 'p99<20ms,failed<0.1%'")},
        {text_option("duration", "TIME", "10s", "how long each probe measures"),
         [](CapacityPlan& plan, const OptionValue& value) {
             plan.run.duration = value.duration();
         }},
        {text_option("warmup", "TIME", "1s", "load at the probe's rate before each measurement"),
         [](CapacityPlan& plan, const OptionValue& value) {
             plan.run.warmup = value.duration_or_zero();
         }},
        {text_option("rate", "R",
                     "rate of the first probe (default: 70 % of what a short closed loop reaches)"),
         [](CapacityPlan& plan, const OptionValue& value) {
             plan.limits.start = value.rate();
             plan.start_given = true;
         }},
        {text_option("max-rate", "R", "1M", "highest rate to try"),
         [](CapacityPlan& plan, const OptionValue& value) { plan.limits.max_rate = value.rate(); }},
        {text_option("max-probes", "N", "20", "probes in each search, at least 2"),
         [](CapacityPlan& plan, const OptionValue& value) {
             // One to find, one to confirm.
             plan.limits.probes = value.number<int>(2, 200);
         }},
        {text_option("down", "NODE[,NODE]",
                     "search once more with these nodes stopped: the capacity without them")},
        {list_option("fault", "FAULT",
                     "search once more with this fault in place: KIND:NODE[,NODE][:DELAY]; "
                     "repeatable")},
    };
    return table;
}

/// The options of a run, without those that are replaced and, in the help, those that are not
/// supported.
std::vector<OptionGroup> capacity_groups(bool with_refused) {
    std::vector<OptionGroup> result = {run_group("Capacity", capacity_table())};
    for (auto& group : run_option_groups()) {
        std::erase_if(group.options, [&](const Option& option) {
            return is_replaced(option.name) || (!with_refused && is_not_for_capacity(option.name));
        });
        if (!group.options.empty()) result.push_back(std::move(group));
    }
    return result;
}

/// make_plan() knows runs: what means something else here is left out, and put in afterwards.
ParsedOptions as_of_a_run(ParsedOptions options) {
    for (const auto* name : {"rate", "arrival", "duration", "warmup"}) options.erase(name);
    return options;
}

void check_faults(const ParsedOptions& options, const Plan& plan) {
    if (options.has("down") && options.has("fault"))
        throw UsageError(fmt::format("--down {}: not together with --fault; use one of them",
                                     options.text("down")));
    for (const auto& fault : plan.faults)
        if (fault.start || fault.length)
            throw UsageError(fmt::format("--fault {}: here a fault lasts as long as the search; "
                                         "leave @START+LENGTH out",
                                         fault.to_string()));
}

Slo read_slo(const ParsedOptions& options, const Plan& plan) {
    if (!options.has("slo"))
        throw UsageError("--slo is missing; say what must hold, such as --slo "
                         "'p99<20ms,failed<0.1%'");
    std::vector<OperationInfo> operations;
    for (const auto& kind : plan.workload->operations())
        operations.push_back({kind.name, kind.is_write});
    return OptionValue(options, "slo").parse([&](const std::string& slo) {
        return Slo::parse(slo, operations, plan.weights);
    });
}

/// Below this rate a probe holds too few operations of some objective to say anything.
double min_rate(const CapacityPlan& plan) {
    constexpr double fewest_operations = 10;
    return round_rate(fewest_operations / to_seconds(to_ticks(plan.run.duration)) /
                      plan.slo.smallest_share());
}

void read_least_rate(const ParsedOptions& options, CapacityPlan& plan) {
    auto& limits = plan.limits;
    if (plan.start_given && limits.start > limits.max_rate)
        OptionValue(options, "rate")
            .refuse(
                fmt::format("more than --max-rate {}; raise --max-rate", options.text("max-rate")));
    limits.min_rate = std::min(min_rate(plan), limits.max_rate);
    if (plan.start_given) limits.min_rate = std::min(limits.min_rate, limits.start);
}

Arrival read_probe_arrival(const ParsedOptions& options) {
    if (!options.has("arrival")) return Poisson{};
    return OptionValue(options, "arrival")
        .choice<Arrival>({{"constant", Constant{}}, {"poisson", Poisson{}}});
}

} // namespace

ParsedOptions parse_capacity_options(std::span<const std::string> args) {
    auto options = parse_load_command(args, capacity_groups(true));
    for (const auto& option : not_for_capacity)
        if (options.is_given(option.name))
            throw UsageError(
                fmt::format("--{}: capacity does not support it; {}", option.name, option.fix));
    return options;
}

std::string capacity_help(bool all, const WorkloadRegistration* workload) {
    return (workload ? "" : capacity_overview) +
           options_help(capacity_groups(false), all, workload);
}

CapacityPlan make_capacity_plan(const ParsedOptions& options, std::span<const std::string> args) {
    CapacityPlan plan;
    plan.run = make_plan(as_of_a_run(options), args);
    if (plan.run.init == InitMode::load_only)
        throw UsageError("--init only: a search needs load; leave it out, or leave capacity out");
    apply_options(capacity_table(), options, plan);
    plan.run.finds_rate = false; // that is for runs with faults
    plan.run.arrival = read_probe_arrival(options);
    plan.run.check_share = 0;
    check_faults(options, plan.run);
    plan.slo = read_slo(options, plan.run);
    read_least_rate(options, plan);
    return plan;
}

} // namespace citusbench
