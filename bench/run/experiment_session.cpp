#include "run/experiment_session.hpp"

#include <optional>

#include <fmt/format.h>

#include "core/quantity.hpp"
#include "run/describe.hpp"
#include "run/monitoring.hpp"
#include "target/make_load_plan.hpp"
#include "target/run_registration.hpp"
#include "target/verify_target.hpp"

namespace citusbench {

void report_loaded(const PreparedSchema& schema, const StatusSink& report_status) {
    if (schema.load_seconds <= 0) return;
    report_status(
        fmt::format("loaded {} rows in {:.1f} s ({} rows/s), keys and indexes in {:.1f} s",
                    format_count(schema.rows_loaded), schema.load_seconds,
                    format_count(static_cast<std::uint64_t>(
                        static_cast<double>(schema.rows_loaded) / schema.load_seconds)),
                    schema.index_seconds),
        false);
}

void keep_cluster(const Plan& plan, RunTarget& target, const StatusSink& report_status) {
    if (!plan.keep || !target.cluster) return;
    target.cluster->keep();
    for (const auto& node : target.cluster->nodes())
        if (node.is_entry)
            report_status(
                fmt::format("the cluster stays; reach it with: psql \"{}\"; remove it with: "
                            "citusbench cluster down",
                            target.cluster->conninfo(node)),
                false);
}

namespace {

/// Runs `work`; its exception becomes the record's status, unless there is an earlier one.
template <typename Work>
void guarded(RunRecord& record, Work work) {
    try {
        work();
    } catch (const Interrupted&) {
        if (record.status == RunStatus::complete) record.status = RunStatus::interrupted;
    } catch (const std::exception& error) {
        if (record.status == RunStatus::failed) return;
        record.status = RunStatus::failed;
        record.failure = error.what();
    }
}

int exit_code(const RunRecord& record, const Experiment& experiment) {
    if (record.status == RunStatus::interrupted) return 130;
    if (record.status == RunStatus::failed) return 1;
    const int checked = record.verification ? record.verification->exit_code() : 0;
    return checked != 0 ? checked : experiment.exit_code();
}

} // namespace

/// From the first operation until every fault is healed and everything is in the record.
bool ExperimentSession::measure(Experiment& experiment, const RunTarget& target,
                                RunRecord& record) {
    Monitoring monitoring(plan_, target);
    record.status = RunStatus::complete;
    guarded(record, [&] { experiment.measure(); });
    const auto monitor_cpu = monitoring.cpu();
    const bool interrupted = stop_.requested();
    // After Ctrl-C an own cluster is about to be removed, and the user is waiting.
    if (interrupted ? !target.own : !leaves_broken(target))
        guarded(record, [&] { experiment.heal(); });
    experiment.collect(monitor_cpu);
    if (const auto zero = experiment.zero()) monitoring.finish(*zero, record);
    return interrupted;
}

int ExperimentSession::run(Experiment& experiment, const SaveRecord& save) {
    const StatusSink report_status = [&](std::string_view line, bool passing) {
        reporters_.message(line, passing);
    };
    auto target = open_target(plan_, stop_, report_status);
    experiment.check_target(target);
    const auto schema = prepare_schema(plan_, target, stop_, report_status);
    report_loaded(schema, report_status);
    // Dirty pages of the loading must not be written while the load is measured.
    if (target.own) target.cluster->checkpoint();
    if (plan_.init == InitMode::load_only) {
        keep_cluster(plan_, target, report_status);
        return 0;
    }
    std::optional<RunRegistration> registration;
    if (!target.own && schema.identity.run != run_of_reads)
        registration.emplace(target.deployment.entry_conninfo, schema.identity.run, stop_);
    const auto& load_plan = experiment.load_plan();
    auto load = make_load_plan(load_plan, target, schema.identity, stop_);
    auto record = describe_start(load_plan, target, schema, load.protocol, run_name_, stop_);
    Prepared prepared{target, std::move(load), stop_, reporters_, report_status, record};
    experiment.prepare(prepared);
    reporters_.start(record);

    const bool interrupted = measure(experiment, target, record);
    if (plan_.verify && !interrupted)
        record.verification = verify_run(plan_, target, schema.identity, record.ledger,
                                         experiment.accepted_degradation(leaves_broken(target)),
                                         stop_, report_status);
    if (stop_.requested() && record.status == RunStatus::complete)
        record.status = RunStatus::interrupted; // while the rows were checked
    experiment.conclude();
    if (plan_.verify && interrupted && record.verification)
        record.verification->checks.push_back({"lost",
                                               Verdict::unknown,
                                               std::nullopt,
                                               "the rows were not compared: interrupted",
                                               {},
                                               false});
    save(record);
    // After Ctrl-C a node may be down; such a cluster is of no use.
    if (!interrupted) keep_cluster(plan_, target, report_status);
    return exit_code(record, experiment);
}

} // namespace citusbench
