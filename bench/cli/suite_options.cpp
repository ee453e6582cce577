#include "cli/suite_options.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include <fmt/format.h>

#include "cli/make_plan.hpp"
#include "cli/option_values.hpp"

namespace citusbench {
namespace {

namespace po = boost::program_options;

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

/// Those of a run that fit, and the suite's own. The others keep their defaults, which a plan
/// needs.
std::vector<OptionGroup> suite_groups() {
    OptionGroup own{"Suite", po::options_description("Suite", 100, 50)};
    own.options.add_options()("suite", po::value<std::string>()->value_name("NAME"),
                              "benchmark or per-node; the word itself is enough")(
        "executions", po::value<std::string>()->default_value("5")->value_name("N"),
        "of each operation on each connection")(
        "concurrency", po::value<std::string>()->default_value("5,10,20")->value_name("N,…"),
        "connections that execute the same operation at once, after a single one (benchmark)");
    std::vector<OptionGroup> all;
    all.push_back(std::move(own));
    for (auto& group : run_option_groups()) {
        group.common = group.common && group.title != "Load" && group.title != "Faults";
        all.push_back(std::move(group));
    }
    return all;
}

std::uint64_t number_in(const std::string& text, std::uint64_t most) {
    const auto number = parse_count(text);
    if (number < 1 || number > most)
        throw std::invalid_argument(fmt::format("must be between 1 and {}", most));
    return number;
}

std::vector<unsigned> parse_concurrencies(const std::string& text) {
    constexpr std::uint64_t most = 1000;
    std::vector<unsigned> numbers;
    std::istringstream words(text);
    for (std::string word; std::getline(words, word, ',');)
        numbers.push_back(static_cast<unsigned>(number_in(word, most)));
    if (numbers.empty()) throw std::invalid_argument("write numbers, as in 5,10,20");
    return numbers;
}

SuiteKind kind_of(const std::string& name) {
    if (name == "benchmark") return SuiteKind::benchmark;
    if (name == "per-node") return SuiteKind::per_node;
    if (name == "ha")
        throw UsageError("suite ha: it is a run with faults in sequence; use citusbench "
                         "--workload spatial --config workloads/scenarios/ha.ini");
    throw UsageError(fmt::format("suite {}: there is no such suite; use benchmark or per-node",
                                 display_value(name)));
}

/// Each operation once, for those that --mix names or for all.
void choose_operations(const ParsedOptions& parsed, Plan& plan) {
    const bool is_chosen = parsed.contains("mix");
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
    auto parsed = parse_options(words, all);
    if (parsed["help"].as<bool>() || parsed["help-all"].as<bool>() || parsed["version"].as<bool>())
        return parsed;
    kind_of(text_of(parsed, "suite"));
    for (const auto& [name, value] : parsed)
        if (is_not_for_suite(name) && is_given(parsed, name))
            throw UsageError(fmt::format("--{}: a suite measures each operation by itself; leave "
                                         "it out, or leave suite out",
                                         name));
    return parsed;
}

std::string suite_help(bool all, const WorkloadRegistration* workload) {
    return (workload ? "" : suite_overview) + options_help(suite_groups(), all, workload);
}

SuitePlan make_suite_plan(const ParsedOptions& parsed, std::span<const std::string> args) {
    SuitePlan plan;
    plan.kind = kind_of(text_of(parsed, "suite"));
    plan.executions = static_cast<unsigned>(parse_value(
        parsed, "executions", [](const auto& text) { return number_in(text, 10'000); }));
    plan.concurrencies = parse_value(parsed, "concurrency", &parse_concurrencies);
    plan.run = make_plan(parsed, args);
    if (plan.run.init == InitMode::load_only)
        throw UsageError("--init only: a suite needs operations; leave it out, or leave suite out");
    if (plan.run.route == Route::hash)
        throw UsageError(fmt::format("{}: a suite measures one cluster; use another --topology, "
                                     "or the --dsn of one of them",
                                     plan.run.cluster ? "--topology " + plan.run.topology
                                                      : std::string("--route hash")));
    plan.run.check_share = 0;
    choose_operations(parsed, plan.run);
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
