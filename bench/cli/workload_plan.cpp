#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/options.hpp"
#include "cli/plan_tables.hpp"
#include "core/error.hpp"
#include "core/quantity.hpp"

namespace citusbench {
namespace {

/// By operation kind, 0 for those that are not named. Throws std::invalid_argument.
std::vector<double> parse_mix(std::string_view text, const Workload& workload) {
    std::vector<std::string> names;
    for (const auto& kind : workload.operations()) names.push_back(kind.name);
    std::vector<double> weights(names.size(), 0);
    while (!text.empty()) {
        const auto part = text.substr(0, text.find(','));
        text.remove_prefix(std::min(part.size() + 1, text.size()));
        const auto name = part.substr(0, part.find('='));
        const auto at = std::find(names.begin(), names.end(), name);
        if (at == names.end())
            throw std::invalid_argument(fmt::format("{} has no operation '{}'; it has {}",
                                                    workload.name(), name, fmt::join(names, ", ")));
        const auto weight = part.substr(std::min(name.size() + 1, part.size()));
        if (weight.empty()) throw std::invalid_argument("write op=weight,op=weight");
        weights[static_cast<std::size_t>(at - names.begin())] =
            static_cast<double>(parse_count(weight));
    }
    if (std::all_of(weights.begin(), weights.end(), [](double weight) { return weight == 0; }))
        throw std::invalid_argument("at least one weight must be above zero");
    return weights;
}

/// The weights of --mix, or the workload's own.
void read_mix(const ParsedOptions& options, Plan& plan) {
    const auto& kinds = plan.workload->operations();
    if (options.has("mix"))
        plan.weights = OptionValue(options, "mix").parse([&](const std::string& text) {
            return parse_mix(text, *plan.workload);
        });
    else
        for (const auto& kind : kinds) plan.weights.push_back(kind.default_weight);
    for (std::size_t i = 0; i < kinds.size(); ++i)
        if (plan.weights[i] > 0)
            plan.mix +=
                fmt::format("{}{}={}", plan.mix.empty() ? "" : " ", kinds[i].name, plan.weights[i]);
}

} // namespace

const OptionTable<Plan>& workload_table() {
    static const OptionTable<Plan> table = {
        {text_option("workload", "NAME", workload_names())},
        {text_option("mix", "OP=W[,OP=W]",
                     "operations and their weights; without it the workload's own")},
        {text_option("seed", "N", "1", "everything drawn at random follows from it"),
         [](Plan& plan, const OptionValue& value) {
             plan.seed = value.number<std::uint64_t>(0, 1'000'000'000'000'000ULL);
         }},
        {text_option("keys", "DIST", "uniform",
                     "which keys are hot: uniform, zipf:THETA or latest"),
         [](Plan& plan, const OptionValue& value) {
             plan.keys = value.parse(&KeyDistribution::parse);
         }},
        {text_option(
             "init", "MODE", "auto",
             "auto: load the data where there is none; only: load and stop; never; replace: "
             "drop other data of citusbench first"),
         [](Plan& plan, const OptionValue& value) {
             plan.init = value.choice<InitMode>({{"auto", InitMode::automatic},
                                                 {"only", InitMode::load_only},
                                                 {"never", InitMode::forbidden},
                                                 {"replace", InitMode::replace}});
         }},
    };
    return table;
}

void read_workload(const ParsedOptions& options, Plan& plan) {
    if (!options.has("workload"))
        throw UsageError(fmt::format("--workload is missing; use {}", workload_names()));
    const auto& entry = find_workload(options.text("workload"));
    WorkloadConfig config;
    config.seed = plan.seed;
    config.keys = plan.keys;
    for (const auto& option : entry.options())
        config.options[std::string(option.name)] = options.text(option.name);
    plan.workload = entry.make(config);
    plan.workload_options = std::move(config.options);
    read_mix(options, plan);
}

} // namespace citusbench
