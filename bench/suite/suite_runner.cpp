#include "suite/suite_runner.hpp"

#include <deque>

#include <fmt/format.h>

#include "observe/cluster_status.hpp"
#include "suite/statement_runner.hpp"

namespace citusbench {
namespace {

/// A condition under which operations are measured: a node and a concurrency.
struct SuiteCondition {
    std::string name;
    std::string node;
    pg::Conninfo conninfo;
    unsigned concurrency = 1;
};

std::vector<SuiteCondition> conditions(const SuitePlan& plan, const RunTarget& target) {
    std::vector<SuiteCondition> all;
    const auto& entry = target.entries.front();
    if (plan.kind == SuiteKind::benchmark) {
        all.push_back({"single", entry.name, entry.conninfo, 1});
        for (const auto concurrency : plan.concurrencies)
            all.push_back({fmt::format("concurrency {}", concurrency), entry.name, entry.conninfo,
                           concurrency});
        return all;
    }
    const auto cluster =
        target.cluster ? monitored_cluster(*target.cluster) : discover(entry.conninfo.to_string());
    for (const auto& each : cluster.nodes)
        if (!each.conninfo.empty()) // a balancer or etcd answers no queries of its own
            all.push_back({each.node.name, each.node.name, pg::Conninfo::parse(each.conninfo), 1});
    return all;
}

/// Gives out operation indices, each once. Which kind an index has follows from the weights, as in
/// every run, so that what was written can be verified by the ledger alone.
class IndexAllocator {
  public:
    explicit IndexAllocator(const LoadPlan& load)
        : load_(load), kinds_(load.weights), next_(load.weights.size()) {}

    std::deque<std::uint64_t> take(std::uint32_t kind, unsigned count) {
        std::deque<std::uint64_t> indices;
        for (auto& next = next_[kind]; indices.size() < count; ++next)
            if (kind_of_operation(kinds_, load_.seed, load_.identity.run, next) == kind)
                indices.push_back(next);
        return indices;
    }
    /// Reads may be repeated, so that nodes can be compared with the same ones.
    void rewind(std::uint32_t kind) { next_[kind] = 0; }

  private:
    const LoadPlan& load_;
    WeightedChoice kinds_;
    std::vector<std::uint64_t> next_; ///< by kind
};

/// All measurements of a suite; the record always has the results so far.
class Suite {
  public:
    Suite(const SuitePlan& plan, const LoadPlan& load, const StopFlag& stop,
          const StatusSink& report_status)
        : plan_(plan), load_(load), stop_(stop), report_status_(report_status), indices_(load),
          ledger_(std::make_shared<Ledger>(1, load.identity.run)) {}

    void run(const RunTarget& target, SuiteRecord& record) {
        for (const auto& condition : conditions(plan_, target)) {
            StatementRunner runner(load_, condition.conninfo, condition.concurrency, stop_);
            for (std::uint32_t kind = 0; kind < load_.weights.size(); ++kind)
                if (load_.weights[kind] > 0) measure(condition, kind, runner, record);
        }
    }
    std::shared_ptr<const Ledger> ledger() const { return ledger_; }

  private:
    void measure(const SuiteCondition& condition, std::uint32_t kind, StatementRunner& runner,
                 SuiteRecord& record) {
        const auto& operation = load_.workload->operations()[kind];
        if (!operation.is_write) indices_.rewind(kind);
        SuiteRow warm_up;
        runner.run(kind, indices_.take(kind, condition.concurrency), *ledger_, warm_up);
        // In the record before it is complete: what was measured until Ctrl-C is kept.
        auto& row = record.rows.emplace_back();
        row.condition = condition.name;
        row.node = condition.node;
        row.operation = operation.name;
        row.concurrency = condition.concurrency;
        runner.run(kind, indices_.take(kind, condition.concurrency * plan_.executions), *ledger_,
                   row);
        const auto not_ok = row.stats.scheduled - row.stats.count(Outcome::ok);
        if (not_ok > 0)
            report_status_(fmt::format("{}, {}: {} not ok, the last: {}", row.operation,
                                       row.condition, not_ok, runner.error()),
                           false);
        report_status_(fmt::format("{}: {}", condition.name, row.operation), true);
    }

    const SuitePlan& plan_;
    const LoadPlan& load_;
    const StopFlag& stop_;
    const StatusSink& report_status_;
    IndexAllocator indices_;
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
        for (const auto& [key, error_count] : row.errors)
            record.errors.push_back({row.condition, row.operation, key.outcome, key.retried,
                                     key.sqlstate, key.condition, key.node, error_count.count,
                                     to_seconds(error_count.first - zero),
                                     to_seconds(error_count.last - zero), error_count.sample});
}

void check_engine(const SuitePlan& plan, const RunTarget& target) {
    if (plan.kind != SuiteKind::per_node || target.deployment.engine == Engine::citus) return;
    throw UsageError(fmt::format(
        "suite per-node: on engine {} the workers hold partitions and know nothing of the others, "
        "so that they cannot answer whole queries; use --engine citus",
        name_of(target.deployment.engine)));
}

/// Each operation by itself, under each condition.
class SuiteExperiment final : public Experiment {
  public:
    explicit SuiteExperiment(const SuitePlan& plan) : plan_(plan) {}

    const Plan& load_plan() const override { return plan_.run; }
    void check_target(const RunTarget& target) const override { check_engine(plan_, target); }

    void prepare(Prepared& prepared) override {
        prepared_ = &prepared;
        auto& suite = prepared.record.suite.emplace();
        suite.name = plan_.kind == SuiteKind::benchmark ? "benchmark" : "per-node";
        suite.executions = plan_.executions;
        suite_.emplace(plan_, prepared.load, prepared.stop, prepared.report_status);
    }

    void measure() override {
        zero_ = now_ticks();
        suite_->run(prepared_->target, *prepared_->record.suite);
    }

    std::optional<Ticks> zero() const override { return zero_; }

    void collect(Ticks /*monitor_cpu*/) override {
        auto& record = prepared_->record;
        record.ledger = suite_->ledger();
        add_phases(plan_.run, *record.suite, record);
        add_errors(*record.suite, zero_, record);
    }

    void conclude() override {
        auto& record = prepared_->record;
        if (record.verification) record.narrative = record.verification->narrative;
    }

  private:
    const SuitePlan& plan_;
    Prepared* prepared_ = nullptr;
    std::optional<Suite> suite_;
    Ticks zero_ = 0;
};

} // namespace

int run_suite(const SuitePlan& plan, const StopFlag& stop, Reporters& reporters,
              std::string run_name, const SaveRecord& save) {
    SuiteExperiment experiment(plan);
    return ExperimentSession(plan.run, stop, reporters, std::move(run_name)).run(experiment, save);
}

} // namespace citusbench
