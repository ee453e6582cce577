#include "run/runner.hpp"

#include "run/announce.hpp"
#include "run/describe.hpp"
#include "run/measurement.hpp"
#include "run/monitoring.hpp"
#include "run/narrative.hpp"
#include "target/make_load_plan.hpp"
#include "target/start_time.hpp"
#include "target/verify_target.hpp"
#include "worker/connect_timeout.hpp"

namespace citusbench {
namespace {

/// Why shards may have fewer copies than they should, without that being a failure.
std::string accepted_degradation(const std::vector<Outage>& outages, bool not_healed) {
    if (not_healed) return "left so by --no-heal";
    for (const auto& outage : outages)
        if (!outage.error.empty()) return "left so by the operator, who did not get through";
    return {};
}

int exit_code(const RunRecord& record) {
    if (record.status == RunStatus::interrupted) return 130;
    if (record.status == RunStatus::failed) return 1;
    return record.verification && !record.verification->holds() ? 3 : 0;
}

} // namespace

Runner::Runner(const Plan& plan, const StopFlag& stop,
               std::vector<std::unique_ptr<Reporter>>& reporters, std::string run_name)
    : plan_(plan), stop_(stop), reporters_(reporters), run_name_(std::move(run_name)) {}

void Runner::report_status(std::string_view line, bool passing) {
    for (auto& reporter : reporters_) reporter->message(line, passing);
}

int Runner::run(const Save& save) {
    const StatusSink status_sink = [&](std::string_view line, bool passing) {
        report_status(line, passing);
    };
    auto target = open_target(plan_, stop_, status_sink);
    const auto schema = prepare_schema(plan_, target, stop_, status_sink);
    report_loaded(schema, status_sink);
    // What the load left to write must not be written while the load is measured.
    if (target.own) target.cluster->checkpoint();
    if (plan_.init == InitMode::load_only) {
        keep_cluster(plan_, target, status_sink);
        return 0;
    }
    auto load = make_load_plan(plan_, target, schema.identity, stop_);
    auto record = describe_start(plan_, target, schema, load.protocol, run_name_, stop_);
    BatchQueue batch_queue;
    WorkerPool pool(load, batch_queue);
    pool.connect(connect_timeout(load), stop_);
    if (plan_.start_at_us) {
        const auto clock = measure_clock(target.deployment.entry_conninfo, stop_);
        record.details.server_clock = {clock.offset_us, clock.round_trip_us};
        load.start = ticks_at(*plan_.start_at_us, clock);
    }
    for (auto& reporter : reporters_) reporter->start(record);

    Measurement measurement(plan_, target, load, pool, batch_queue, stop_, reporters_, record);
    Monitoring monitoring(plan_, target);
    measurement.run();
    const auto client_cpu = measurement.cpu() - monitoring.cpu();
    // After Ctrl-C a cluster of its own is about to go, and the user is waiting.
    const bool interrupted = stop_.requested();
    const bool leave_broken = !target.own && !plan_.heal && !interrupted;
    if (!leave_broken && (!interrupted || !target.own)) measurement.heal_rest();
    measurement.finish(record);
    monitoring.finish(measurement.zero(), record);
    record.ledger = measurement.ledger();
    const auto answers = measurement.finish_answers(interrupted);
    if (plan_.verify && !interrupted)
        record.verification = verify_run(plan_, target, schema.identity, record.ledger,
                                         accepted_degradation(measurement.outages(), leave_broken),
                                         stop_, status_sink);
    if (stop_.requested() && record.status == RunStatus::complete)
        record.status = RunStatus::interrupted; // while the rows were looked at
    describe_end(pool.cost(), client_cpu, pool.cancels(), measurement.client_health(), record);
    add_answers(answers, record, measurement.zero());
    FaultSummary summary{measurement.outages(),
                         measurement.key_outages(),
                         std::string(plan_.workload->key_noun()),
                         {},
                         measurement.zero()};
    if (target.deployment.engine == Engine::citus && target.deployment.replication > 1)
        summary.policy = plan_.operator_policy.to_string();
    describe_faults(summary, record);
    record.narrative = summarize_run(record, summary);
    save(record);
    if (!interrupted)
        keep_cluster(plan_, target,
                     status_sink); // after Ctrl-C a node may be down; such a cluster is of no use
    return exit_code(record);
}

} // namespace citusbench
