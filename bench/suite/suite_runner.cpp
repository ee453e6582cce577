#include "suite/suite_runner.hpp"

#include <deque>

#include <fmt/format.h>

#include "observe/cluster_status.hpp"
#include "run/announce.hpp"
#include "run/describe.hpp"
#include "run/monitoring.hpp"
#include "suite/statement_runner.hpp"
#include "target/make_load_plan.hpp"
#include "target/verify_target.hpp"

namespace citusbench {
namespace {

/// A node that is asked, and the name of what it stands for.
struct Asked {
    std::string condition;
    std::string node;
    pg::Conninfo conninfo;
    unsigned concurrency = 1;
};

std::vector<Asked> conditions(const SuitePlan& plan, const Target& target) {
    std::vector<Asked> all;
    const auto& entry = target.entries.front();
    if (plan.kind == SuiteKind::benchmark) {
        all.push_back({"single", entry.name, entry.conninfo, 1});
        for (const auto concurrency : plan.concurrencies)
            all.push_back({fmt::format("concurrency {}", concurrency), entry.name, entry.conninfo,
                           concurrency});
        return all;
    }
    const auto cluster =
        target.cluster ? observe(*target.cluster) : discover(entry.conninfo.to_string());
    for (const auto& each : cluster.nodes)
        if (!each.conninfo.empty()) // a balancer or etcd answers no queries of its own
            all.push_back({each.node.name, each.node.name, pg::Conninfo::parse(each.conninfo), 1});
    return all;
}

/// Gives out operation numbers, each once. Which kind a number has follows from the weights, as in
/// every run, so that what was written can be verified by the ledger alone.
class Numbers {
  public:
    explicit Numbers(const LoadPlan& load)
        : load_(load), kinds_(load.weights), next_(load.weights.size()) {}

    std::deque<std::uint64_t> take(std::uint32_t kind, unsigned count) {
        std::deque<std::uint64_t> numbers;
        for (auto& next = next_[kind]; numbers.size() < count; ++next)
            if (kind_of_operation(kinds_, load_.seed, load_.identity.run, next) == kind)
                numbers.push_back(next);
        return numbers;
    }
    /// Reads may be asked again, so that nodes can be compared with the same ones.
    void rewind(std::uint32_t kind) { next_[kind] = 0; }

  private:
    const LoadPlan& load_;
    WeightedChoice kinds_;
    std::vector<std::uint64_t> next_; ///< by kind
};

/// All of a suite's measuring; what has come out so far is in the record.
class Suite {
  public:
    Suite(const SuitePlan& plan, const LoadPlan& load, const StopFlag& stop, const Tell& tell)
        : plan_(plan), load_(load), stop_(stop), tell_(tell), numbers_(load),
          ledger_(std::make_shared<Ledger>()) {}

    void run(const Target& target, SuiteRecord& record) {
        for (const auto& asked : conditions(plan_, target)) {
            StatementRunner runner(load_, asked.conninfo, asked.concurrency, stop_);
            for (std::uint32_t kind = 0; kind < load_.weights.size(); ++kind)
                if (load_.weights[kind] > 0) measure(asked, kind, runner, record);
        }
    }
    std::shared_ptr<const Ledger> ledger() const { return ledger_; }

  private:
    void measure(const Asked& asked, std::uint32_t kind, StatementRunner& runner,
                 SuiteRecord& record) {
        const auto& operation = load_.workload->operations()[kind];
        if (!operation.is_write) numbers_.rewind(kind);
        SuiteRow warm_up;
        runner.run(kind, numbers_.take(kind, asked.concurrency), *ledger_, warm_up);
        // In the record before it is complete: what was measured until Ctrl-C is kept.
        auto& row = record.rows.emplace_back();
        row.condition = asked.condition;
        row.node = asked.node;
        row.operation = operation.name;
        row.concurrency = asked.concurrency;
        runner.run(kind, numbers_.take(kind, asked.concurrency * plan_.executions), *ledger_, row);
        const auto not_ok = row.stats.scheduled - row.stats.count(Outcome::ok);
        if (not_ok > 0)
            tell_(fmt::format("{}, {}: {} not ok, the last: {}", row.operation, row.condition,
                              not_ok, runner.trouble()),
                  false);
        tell_(fmt::format("{}: {}", asked.condition, row.operation), true);
    }

    const SuitePlan& plan_;
    const LoadPlan& load_;
    const StopFlag& stop_;
    const Tell& tell_;
    Numbers numbers_;
    std::shared_ptr<Ledger> ledger_;
};

/// The rows as phases, so that summary.csv and the histograms have them, too. A phase has no
/// length: its operations came one after the other.
void add_phases(const Plan& plan, const SuiteRecord& suite, RunRecord& record) {
    const auto& kinds = plan.workload->operations();
    for (const auto& row : suite.rows) {
        if (record.phases.empty() || record.phases.back().name != row.condition) {
            record.phases.emplace_back().name = row.condition;
            record.phases.back().operations.resize(kinds.size());
        }
        for (std::size_t i = 0; i < kinds.size(); ++i)
            if (kinds[i].name == row.operation) record.phases.back().operations[i].merge(row.stats);
    }
}

void add_errors(const SuiteRecord& suite, Ticks zero, RunRecord& record) {
    for (const auto& row : suite.rows)
        for (const auto& [key, tally] : row.errors)
            record.errors.push_back({row.condition, row.operation, key.outcome, key.retried,
                                     key.sqlstate, key.condition, key.node, tally.count,
                                     to_seconds(tally.first - zero), to_seconds(tally.last - zero),
                                     tally.sample});
}

int exit_code(const RunRecord& record) {
    if (record.status == RunStatus::interrupted) return 130;
    if (record.status == RunStatus::failed) return 1;
    return record.verification && !record.verification->holds() ? 3 : 0;
}

void check_engine(const SuitePlan& plan, const Target& target) {
    if (plan.kind != SuiteKind::per_node || target.deployment.engine == Engine::citus) return;
    throw UsageError(fmt::format(
        "suite per-node: on engine {} the workers hold partitions and know nothing of the others, "
        "so that they cannot answer whole queries; take --engine citus",
        name_of(target.deployment.engine)));
}

} // namespace

int SuiteRunner::run(const Save& save) {
    const Tell tell = [&](std::string_view line, bool passing) {
        for (auto& reporter : reporters_) reporter->message(line, passing);
    };
    auto target = open_target(plan_.run, stop_, tell);
    check_engine(plan_, target);
    const auto schema = prepare_schema(plan_.run, target, stop_, tell);
    tell_loaded(schema, tell);
    if (target.own) target.cluster->checkpoint();
    const auto load = make_load_plan(plan_.run, target, schema.identity, stop_);
    auto record = describe_start(plan_.run, target, schema, load.protocol, run_name_, stop_);
    record.suite.emplace().name = plan_.kind == SuiteKind::benchmark ? "benchmark" : "per-node";
    record.details["suite"] = {{"name", record.suite->name}, {"executions", plan_.executions}};
    for (auto& reporter : reporters_) reporter->start(record);
    const auto zero = now_ticks();
    Monitoring monitoring(plan_.run, target);
    Suite suite(plan_, load, stop_, tell);
    record.status = RunStatus::complete;
    try {
        suite.run(target, *record.suite);
    } catch (const Interrupted&) {
        record.status = RunStatus::interrupted;
    } catch (const RunError& error) {
        record.status = RunStatus::failed;
        record.failure = error.what();
    }
    monitoring.finish(zero, record);
    record.ledger = suite.ledger();
    add_phases(plan_.run, *record.suite, record);
    add_errors(*record.suite, zero, record);
    if (plan_.run.verify && !stop_.requested()) {
        record.verification =
            verify_run(plan_.run, target, schema.identity, record.ledger, "", stop_, tell);
        record.sentences = record.verification->sentences;
    }
    save(record);
    if (!stop_.requested()) keep_cluster(plan_.run, target, tell);
    return exit_code(record);
}

} // namespace citusbench
