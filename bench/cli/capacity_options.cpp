#include "cli/capacity_options.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cli/make_plan.hpp"
#include "cli/option_values.hpp"

namespace citusbench {
namespace {

namespace po = boost::program_options;

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
    "Before a metric may stand read., write. or an operation: read.p99<5ms, post.p95<30ms.\n"
    "An operation that is not ok counts as slower than any limit; in a mean, as the --timeout.\n\n";

/// An option of a run that has no meaning here, with the hint.
struct UnsupportedOption {
    std::string_view name;
    std::string_view hint;
};
constexpr std::array not_for_capacity = {
    UnsupportedOption{"kill", "use --down NODE, which stops it for the second search"},
    UnsupportedOption{"before", "a probe lasts --duration"},
    UnsupportedOption{"during", "a probe lasts --duration"},
    UnsupportedOption{"after", "a probe lasts --duration"},
    UnsupportedOption{"no-heal", "nodes are healed at the end; leave it out"},
    UnsupportedOption{"operator", "nobody acts during a search; leave it out"},
    UnsupportedOption{"repeat", "leave it out, or repeat the command"},
    UnsupportedOption{"check-answers", "answers are checked in a run; leave it out"},
    UnsupportedOption{"by", "probes are not counted by entry point; leave it out"},
    UnsupportedOption{"verify-only",
                      "leave capacity out: citusbench --verify-only RUN takes its folder, too"},
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

OptionGroup capacity_group() {
    OptionGroup group{"Capacity", po::options_description("Capacity", line_length, line_length / 2),
                      true};
    group.options.add_options()("slo", text_option("OBJECTIVE"),
                                "what must hold, as 'p99<20ms,failed<0.1%'")(
        "duration", text_option("TIME")->default_value("10s"),
        "for which it must hold: of each probe")("warmup", text_option("TIME")->default_value("1s"),
                                                 "load at the probe's rate before that")(
        "rate", text_option("R"), "to begin with (default: 70 % of what a short closed loop does)")(
        "max-rate", text_option("R")->default_value("1M"), "to stop at")(
        "max-probes", text_option("N")->default_value("20"), "in each search, 2 at least")(
        "down", text_option("NODE[,NODE]"),
        "search once more with these nodes stopped: the capacity without them")(
        "fault", po::value<std::vector<std::string>>()->value_name("FAULT"),
        "search once more with this fault in place: KIND:NODE[,NODE][:DELAY]; repeatable");
    return group;
}

/// Those of a run but the ones that are replaced and, in the help, the ones that do not fit.
std::vector<OptionGroup> capacity_groups(bool with_refused) {
    std::vector<OptionGroup> result = {capacity_group()};
    for (const auto& of_run : run_option_groups()) {
        OptionGroup group{of_run.title,
                          po::options_description(of_run.title, line_length, line_length / 2),
                          of_run.common};
        for (const auto& option : of_run.options.options())
            if (!is_replaced(option->long_name()) &&
                (with_refused || !is_not_for_capacity(option->long_name())))
                group.options.add(option);
        if (!group.options.options().empty()) result.push_back(std::move(group));
    }
    return result;
}

/// make_plan() knows runs: what means something else here is left out, and put in afterwards.
ParsedOptions as_of_a_run(ParsedOptions parsed) {
    for (const auto* name : {"rate", "arrival", "duration"}) parsed.erase(name);
    return parsed;
}

void check_faults(const ParsedOptions& parsed, const Plan& plan) {
    if (parsed.contains("down") && parsed.contains("fault"))
        throw UsageError(fmt::format("--down {}: not together with --fault; use one of them",
                                     text_of(parsed, "down")));
    for (const auto& fault : plan.faults)
        if (fault.start || fault.length)
            throw UsageError(fmt::format("--fault {}: here a fault lasts as long as the search; "
                                         "leave @START+LENGTH out",
                                         fault.to_string()));
}

Slo read_slo(const ParsedOptions& parsed, const Plan& plan) {
    if (!parsed.contains("slo"))
        throw UsageError("--slo is missing; say what must hold, such as --slo "
                         "'p99<20ms,failed<0.1%'");
    std::vector<OperationInfo> operations;
    for (const auto& kind : plan.workload->operations())
        operations.push_back({kind.name, kind.is_write});
    return parse_value(parsed, "slo", [&](const std::string& slo) {
        return Slo::parse(slo, operations, plan.weights);
    });
}

/// Below this rate a probe holds too few operations of some objective to say anything.
double min_rate(const CapacityPlan& plan) {
    constexpr double fewest_operations = 10;
    return round_rate(fewest_operations / to_seconds(to_ticks(plan.run.duration)) /
                      plan.slo.smallest_share());
}

SearchLimits read_limits(const ParsedOptions& parsed, const CapacityPlan& plan) {
    constexpr std::uint64_t max_probes = 200;
    SearchLimits limits;
    limits.max_rate = parse_value(parsed, "max-rate", &parse_rate);
    limits.probes =
        static_cast<int>(parse_value(parsed, "max-probes", [&](const std::string& number) {
            const auto probes = parse_count(number);
            if (probes < 2 || probes > max_probes)
                throw std::invalid_argument(fmt::format(
                    "must be between 2 (one to find, one to confirm) and {}", max_probes));
            return probes;
        }));
    if (parsed.contains("rate")) limits.start = parse_value(parsed, "rate", &parse_rate);
    if (parsed.contains("rate") && limits.start > limits.max_rate)
        throw UsageError(fmt::format("--rate {}: more than --max-rate {}; raise --max-rate",
                                     text_of(parsed, "rate"), text_of(parsed, "max-rate")));
    limits.min_rate = std::min(min_rate(plan), limits.max_rate);
    if (parsed.contains("rate")) limits.min_rate = std::min(limits.min_rate, limits.start);
    return limits;
}

Arrival read_arrival(const ParsedOptions& parsed) {
    const auto arrival = text_of(parsed, "arrival");
    if (arrival == "constant") return Constant{};
    if (arrival.empty() || arrival == "poisson") return Poisson{};
    throw UsageError(fmt::format("--arrival {}: use constant or poisson", arrival));
}

} // namespace

ParsedOptions parse_capacity_options(std::span<const std::string> args) {
    auto parsed = parse_options(args, capacity_groups(true));
    for (const auto& option : not_for_capacity) {
        const std::string name(option.name);
        const bool is_switched_on = is_given(parsed, name);
        if (is_switched_on)
            throw UsageError(
                fmt::format("--{}: capacity does not support it; {}", option.name, option.hint));
    }
    return parsed;
}

std::string capacity_help(bool all, const WorkloadRegistration* workload) {
    return (workload ? "" : capacity_overview) +
           options_help(capacity_groups(false), all, workload);
}

CapacityPlan make_capacity_plan(const ParsedOptions& parsed, std::span<const std::string> args) {
    CapacityPlan plan;
    plan.run = make_plan(as_of_a_run(parsed), args);
    if (plan.run.init == InitMode::load_only)
        throw UsageError("--init only: a search needs load; leave it out, or leave capacity out");
    plan.run.duration = duration_value(parsed, "duration", {});
    plan.run.arrival = read_arrival(parsed);
    plan.run.check_share = 0;
    check_faults(parsed, plan.run);
    plan.slo = read_slo(parsed, plan.run);
    plan.limits = read_limits(parsed, plan);
    plan.start_given = parsed.contains("rate");
    return plan;
}

} // namespace citusbench
