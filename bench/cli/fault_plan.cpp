#include "cli/plan_tables.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/quantity.hpp"

namespace citusbench {
namespace {

constexpr auto default_length = std::chrono::seconds(20);
constexpr auto default_duration = std::chrono::seconds(30);
constexpr std::uint64_t max_cycles = 300; // each has three segments of the phase clock

void add_fault(Plan& plan, const OptionValue& value, const std::string& text,
               const std::string& shown) {
    try {
        auto& fault = plan.faults.emplace_back(FaultSpec::parse(text));
        fault.option = value.name();
    } catch (const std::invalid_argument& error) {
        throw UsageError(fmt::format("--{} {}: {}", value.name(), shown, error.what()));
    }
}

void read_length(const ParsedOptions& options, const char* name, bool with_faults,
                 Nanoseconds& length) {
    if (!options.has(name)) {
        length = default_length;
        return;
    }
    if (!with_faults)
        OptionValue(options, name).refuse("it needs a fault; add --kill NODE, or use --duration");
}

void read_lengths(const ParsedOptions& options, Plan& plan) {
    const bool with_faults = !plan.faults.empty();
    read_length(options, "before", with_faults, plan.before);
    read_length(options, "during", with_faults, plan.during);
    read_length(options, "after", with_faults, plan.after);
    if (!plan.heal && options.has("after"))
        throw UsageError("--after: with --no-heal nothing comes after; leave one of them out");
    if (!plan.heal && !with_faults)
        throw UsageError("--no-heal: it needs a fault; add --kill NODE");
    if (!options.has("duration"))
        plan.duration = default_duration;
    else if (with_faults)
        OptionValue(options, "duration")
            .refuse("use --before, --during and --after for a run with faults");
}

void check_repeat(const ParsedOptions& options, const Plan& plan) {
    if (plan.repeat == 1) return;
    const OptionValue value(options, "repeat");
    if (plan.faults.empty()) value.refuse("it needs a fault; add --kill NODE");
    if (!plan.heal) value.refuse("with --no-heal there is one cycle only; leave one of them out");
}

void check_operator(const ParsedOptions& options, const Plan& plan) {
    if (!plan.operator_policy.disable_after) return;
    const OptionValue value(options, "operator");
    if (plan.faults.empty()) value.refuse("it needs a fault; add --kill NODE");
    if (plan.cluster && plan.cluster->engine != Engine::citus)
        value.refuse(fmt::format("engine {} has no copies to take out of use; use --engine citus",
                                 name_of(plan.cluster->engine)));
    if (plan.cluster && plan.cluster->replication < 2)
        value.refuse("with --replication 1 a disabled node holds the only copy of its rows; use "
                     "--replication 2");
    for (const auto& fault : plan.faults)
        if (plan.heal && fault.length.value_or(plan.during) <= *plan.operator_policy.disable_after)
            value.refuse(fmt::format(
                "{} is healed after {}, before the operator acts; use a shorter "
                "delay, or a longer --during",
                fault.to_string(), duration_option(fault.length.value_or(plan.during))));
}

} // namespace

const OptionTable<Plan>& fault_table() {
    static const OptionTable<Plan> table = {
        {text_option("kill", "NODE[,NODE]", "crash these nodes, all at once"),
         [](Plan& plan, const OptionValue& value) {
             add_fault(plan, value, "crash:" + value.text(), value.text());
         }},
        {text_option("before", "TIME", "time before the fault (default: 20s)"),
         [](Plan& plan, const OptionValue& value) { plan.before = value.duration(); }},
        {text_option("during", "TIME", "time the fault lasts (default: 20s)"),
         [](Plan& plan, const OptionValue& value) { plan.during = value.duration(); }},
        {text_option("after", "TIME", "time after the node is back (default: 20s)"),
         [](Plan& plan, const OptionValue& value) { plan.after = value.duration(); }},
        {switch_option("no-heal", "do not heal the node: there is no phase after"),
         [](Plan& plan, const OptionValue& value) { plan.heal = !value.is_on(); }},
        {text_option("operator", "POLICY", "none",
                     "on citus: disable:DELAY disables a dead node DELAY after the fault, and "
                     "restores replication when it is back; none: no operator action"),
         [](Plan& plan, const OptionValue& value) {
             plan.operator_policy = value.parse(&OperatorPolicy::parse);
         }},
        {text_option("repeat", "N", "1", "cycles of before, during and after, merged by phase"),
         [](Plan& plan, const OptionValue& value) {
             plan.repeat = value.number<int>(1, max_cycles);
         }},
    };
    return table;
}

void apply_faults(Plan& plan, const OptionValue& value) {
    for (const auto& text : value.list()) add_fault(plan, value, text, text);
}

void read_faults(const ParsedOptions& options, Plan& plan) {
    if (options.has("down")) // of capacity
        add_fault(plan, OptionValue(options, "down"), "stop:" + options.text("down"),
                  options.text("down"));
    if (plan.faults.size() > max_faults)
        throw UsageError(
            fmt::format("--fault: {} faults; use at most {}", plan.faults.size(), max_faults));
    read_lengths(options, plan);
    check_repeat(options, plan);
    check_operator(options, plan);
    read_fault_targets(plan);
}

} // namespace citusbench
