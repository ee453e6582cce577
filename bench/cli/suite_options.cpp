#include "cli/suite_options.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include <fmt/format.h>

#include "cli/make_plan.hpp"
#include "core/error.hpp"
#include "core/quantity.hpp"

namespace citusbench {
namespace {

constexpr auto suite_overview =
    "citusbench suite measures each operation of a workload by itself.\n\n"
    "  citusbench suite benchmark --workload spatial\n"
    "                     each operation --executions 5 times after one that does not count: on a\n"
    "                     single connection, then on --concurrency 5,10,20 connections at once\n"
    "  citusbench suite per-node --workload spatial --engine citus\n"
    "                     the same on a single connection to the coordinator, then to each "
    "worker\n\n"
    "All operations are measured, or those that --mix names. The table is in suite.csv, too; what\n"
    "was written is compared with the database at the end. A sequence of faults under load is a\n"
    "run: citusbench --workload spatial --config workloads/scenarios/ha.ini\n\n";

/// Options of a run that say how operations are mixed and spread in time, or what fails.
constexpr std::array<std::string_view, 21> not_for_suite = {
    "connections", "threads",  "pipeline", "batch",         "rate",     "arrival",  "warmup",
    "duration",    "retry",    "kill",     "fault",         "before",   "during",   "after",
    "no-heal",     "operator", "repeat",   "check-answers", "shard-of", "start-at", "connect-rate"};

bool is_not_for_suite(const std::string& name) {
    return std::find(not_for_suite.begin(), not_for_suite.end(), name) != not_for_suite.end();
}

std::vector<unsigned> parse_concurrencies(const std::string& text) {
    constexpr std::uint64_t most = 1000;
    std::vector<unsigned> numbers;
    std::istringstream words(text);
    for (std::string word; std::getline(words, word, ',');) {
        const auto number = parse_count(word);
        if (number < 1 || number > most)
            throw std::invalid_argument(fmt::format("must be between 1 and {}", most));
        numbers.push_back(static_cast<unsigned>(number));
    }
    if (numbers.empty()) throw std::invalid_argument("write numbers, as in 5,10,20");
    return numbers;
}

const OptionTable<SuitePlan>& suite_table() {
    static const OptionTable<SuitePlan> table = {
        {text_option("suite", "NAME", "benchmark or per-node; the word itself is enough")},
        {text_option("executions", "N", "5", "of each operation on each connection"),
         [](SuitePlan& plan, const OptionValue& value) {
             plan.executions = value.number<unsigned>(1, 10'000);
         }},
        {text_option("concurrency", "N,…", "5,10,20",
                     "connections that execute the same operation at once, after a single one "
                     "(benchmark)"),
         [](SuitePlan& plan, const OptionValue& value) {
             plan.concurrencies = value.parse(&parse_concurrencies);
         }},
    };
    return table;
}

/// The supported options of a run, and the suite's own. The others keep their defaults, which a
/// plan needs.
std::vector<OptionGroup> suite_groups() {
    std::vector<OptionGroup> all = {run_group("Suite", suite_table())};
    for (auto& group : run_option_groups()) {
        group.common = group.common && group.title != "Load" && group.title != "Faults";
        all.push_back(std::move(group));
    }
    return all;
}

SuiteKind kind_of(const std::string& name) {
    if (name == "benchmark") return SuiteKind::benchmark;
    if (name == "per-node") return SuiteKind::per_node;
    if (name == "ha")
        throw UsageError("suite ha: it is a run with faults in sequence; use citusbench "
                         "--workload spatial --config workloads/scenarios/ha.ini");
    throw UsageError(
        fmt::format("suite {}: there is no such suite; use benchmark or per-node", quoted(name)));
}

/// Each operation once, for those that --mix names or for all.
void choose_operations(const ParsedOptions& options, Plan& plan) {
    const bool is_chosen = options.has("mix");
    plan.mix.clear();
    for (std::size_t i = 0; i < plan.weights.size(); ++i) {
        plan.weights[i] = !is_chosen || plan.weights[i] > 0 ? 1 : 0;
        if (plan.weights[i] > 0)
            plan.mix += fmt::format("{}{}=1", plan.mix.empty() ? "" : " ",
                                    plan.workload->operations()[i].name);
    }
}

} // namespace

ParsedOptions parse_suite_options(std::span<const std::string> args) {
    std::vector<std::string> words(args.begin(), args.end());
    const bool is_named = !words.empty() && !words.front().starts_with("-");
    if (is_named) words.insert(words.begin(), "--suite");
    const auto all = suite_groups();
    auto options = parse_load_command(words, all);
    if (options.is_on("help") || options.is_on("help-all") || options.is_on("version"))
        return options;
    kind_of(options.text("suite"));
    for (const auto& name : options.given_names())
        if (is_not_for_suite(name))
            throw UsageError(fmt::format("--{}: a suite measures each operation by itself; leave "
                                         "it out, or leave suite out",
                                         name));
    return options;
}

std::string suite_help(bool all, const WorkloadRegistration* workload) {
    return (workload ? "" : suite_overview) + options_help(suite_groups(), all, workload);
}

SuitePlan make_suite_plan(const ParsedOptions& options, std::span<const std::string> args) {
    SuitePlan plan;
    plan.kind = kind_of(options.text("suite"));
    apply_options(suite_table(), options, plan);
    plan.run = make_plan(options, args);
    if (plan.run.init == InitMode::load_only)
        throw UsageError("--init only: a suite needs operations; leave it out, or leave suite out");
    if (plan.run.route == Route::hash)
        throw UsageError(fmt::format("{}: a suite measures one cluster; use another --topology, "
                                     "or the --dsn of one of them",
                                     plan.run.cluster ? "--topology " + plan.run.topology
                                                      : std::string("--route hash")));
    plan.run.check_share = 0;
    choose_operations(options, plan.run);
    const bool asks_all = plan.kind == SuiteKind::per_node;
    plan.run.connections =
        asks_all ? 1 : *std::max_element(plan.concurrencies.begin(), plan.concurrencies.end());
    if (!plan.run.cluster) return plan;
    plan.run.cluster->connections = static_cast<int>(plan.run.connections);
    if (asks_all && plan.run.cluster->engine != Engine::citus)
        throw UsageError(fmt::format(
            "suite per-node: on engine {} the workers hold partitions and know nothing of the "
            "others, so that they cannot answer whole queries; use --engine citus",
            name_of(plan.run.cluster->engine)));
    return plan;
}

} // namespace citusbench
