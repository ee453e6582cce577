#include "support/null_load.hpp"

#include <fmt/format.h>

#include "run/measurement.hpp"

namespace citusbench::test {

std::unique_ptr<Session> NullWorkload::session(const RunIdentity&) const {
    struct Numbers : Session {
        void make(std::uint64_t index, std::uint32_t, Operation& operation) override {
            operation.params.add_int4(static_cast<std::int32_t>(index));
        }
    };
    struct NumbersWithKeys final : Numbers {
        void make(std::uint64_t index, std::uint32_t kind, Operation& operation) override {
            Numbers::make(index, kind, operation);
            operation.key =
                index % 10 != 0 ? RoutingKey::of(static_cast<std::int64_t>(index)) : RoutingKey();
        }
    };
    if (keyed_) return std::make_unique<NumbersWithKeys>();
    return std::make_unique<Numbers>();
}

NullRun run_null_load(const std::string& conninfo, const NullLoad& load,
                      const std::function<void(Ticks zero)>& ready) {
    Plan plan;
    plan.workload = std::make_shared<NullWorkload>(load.route == Route::hash);
    plan.duration = load.duration;
    plan.warmup = load.warmup;
    plan.finds_rate = load.finds_rate;
    plan.connections = load.connections;
    plan.threads = load.threads;
    LoadPlan workers;
    workers.workload = plan.workload.get();
    workers.seed = load.seed;
    workers.weights = {1};
    workers.statements = {{"s0", plan.workload->operations().front().sql}};
    workers.entries = {{"null", pg::Conninfo::parse(conninfo)}};
    for (std::size_t i = 0; i < load.more_entries.size(); ++i)
        workers.entries.push_back(
            {fmt::format("null{}", i + 2), pg::Conninfo::parse(load.more_entries[i])});
    for (std::size_t i = 0; i < load.weights.size(); ++i)
        workers.entries[i].weight = load.weights[i];
    workers.route = load.route;
    workers.by_entry = load.by_entry;
    workers.connections = load.connections;
    workers.threads = load.threads;
    workers.connect_rate = load.connect_rate;
    workers.depth = load.depth;
    workers.batch = load.batch;
    workers.arrival = load.arrival;
    workers.timeout = to_ticks(load.timeout);

    const StopFlag stop;
    const RunTarget target;
    BatchQueue batch_queue;
    Reporters none;
    ReporterGroup reporters(none);
    NullRun run;
    run.record.operations = {{"read", false}};
    WorkerPool pool(workers, batch_queue);
    const auto begun = now_ticks();
    pool.connect(to_ticks(load.connect_timeout), stop);
    run.connect = now_ticks() - begun;
    Measurement measurement(plan, target, workers, pool, batch_queue, stop, reporters, run.record);
    if (ready) ready(measurement.zero());
    measurement.run();
    measurement.finish(run.record);
    run.zero = measurement.zero();
    run.cpu = measurement.cpu();
    run.cost = pool.cost();
    run.loop = pool.loop_record();
    if (run.record.status != RunStatus::complete) throw RunError(run.record.failure);
    return run;
}

} // namespace citusbench::test
