#include "run/runner.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/quantity.hpp"
#include "run/describe.hpp"
#include "run/measurement.hpp"
#include "run/sentences.hpp"

namespace citusbench {
namespace {

constexpr Ticks connect_patience = 10'000'000'000;

/// Kinds of the mix whose answers can be judged; none at a share of 0.
void choose_checked_kinds(double share, LoadPlan& load) {
    load.check_share = share;
    const auto checker =
        share > 0 ? load.workload->answer_checker(load.identity, load.weights) : nullptr;
    if (!checker) return;
    std::vector<bool> kinds;
    for (std::uint32_t kind = 0; kind < load.weights.size(); ++kind)
        kinds.push_back(load.weights[kind] > 0 && checker->checks(kind));
    if (std::find(kinds.begin(), kinds.end(), true) != kinds.end()) load.checked_kinds = kinds;
}

LoadPlan make_load_plan(const Plan& plan, const Target& target, const RunIdentity& identity,
                        const StopFlag& stop) {
    LoadPlan load;
    load.workload = plan.workload.get();
    load.identity = identity;
    load.seed = plan.seed;
    load.weights = plan.weights;
    const auto& kinds = plan.workload->operations();
    for (std::size_t i = 0; i < kinds.size(); ++i)
        load.statements.push_back({fmt::format("s{}", i), plan.weights[i] > 0 ? kinds[i].sql : ""});
    load.entries = target.entries;
    load.protocol = protocol_of(target.deployment, stop);
    load.connections = plan.connections;
    load.threads = plan.threads;
    load.depth = plan.pipeline;
    load.batch = plan.batch;
    load.arrival = plan.arrival;
    load.timeout = to_ticks(plan.timeout);
    load.interval = to_ticks(plan.interval);
    choose_checked_kinds(plan.check_share, load);
    return load;
}

int exit_code(const RunRecord& record, const std::optional<RowCheck>& rows,
              const Verification& answers) {
    if (record.status == RunStatus::interrupted) return 130;
    if (record.status == RunStatus::failed) return 1;
    return (rows && !rows->holds()) || !answers.holds() ? 3 : 0;
}

} // namespace

Runner::Runner(const Plan& plan, const StopFlag& stop,
               std::vector<std::unique_ptr<Reporter>>& reporters, std::string run_name)
    : plan_(plan), stop_(stop), reporters_(reporters), run_name_(std::move(run_name)) {}

void Runner::tell(std::string_view line, bool passing) {
    for (auto& reporter : reporters_) reporter->message(line, passing);
}

void Runner::tell_loaded(const PreparedSchema& schema) {
    if (schema.load_seconds <= 0) return;
    tell(fmt::format("loaded {} rows in {:.1f} s ({} rows/s), keys and indexes in {:.1f} s",
                     format_count(schema.rows_loaded), schema.load_seconds,
                     format_count(static_cast<std::uint64_t>(
                         static_cast<double>(schema.rows_loaded) / schema.load_seconds)),
                     schema.index_seconds),
         false);
}

void Runner::keep(Target& target) {
    if (!plan_.keep || !target.cluster) return;
    target.cluster->keep();
    for (const auto& node : target.cluster->nodes())
        if (node.is_entry)
            tell(fmt::format("the cluster stays; reach it with: psql \"{}\"; remove it with: "
                             "citusbench cluster down",
                             target.cluster->conninfo(node)),
                 false);
}

int Runner::run(const Save& save) {
    auto target = open_target(plan_, stop_,
                              [&](std::string_view line, bool passing) { tell(line, passing); });
    const auto schema = prepare_schema(
        plan_, target, stop_, [&](std::string_view line, bool passing) { tell(line, passing); });
    tell_loaded(schema);
    // What the load left to write must not be written while the load is measured.
    if (target.own) target.cluster->checkpoint();
    if (plan_.init == InitMode::load_only) {
        keep(target);
        return 0;
    }
    const auto load = make_load_plan(plan_, target, schema.identity, stop_);
    auto record = describe_start(plan_, target, schema, load.protocol, run_name_, stop_);
    Mailbox mailbox;
    Crew crew(load, mailbox);
    crew.connect(connect_patience, stop_);
    for (auto& reporter : reporters_) reporter->start(record);

    Measurement measurement(plan_, target, load, crew, mailbox, stop_, reporters_, record);
    measurement.run();
    std::optional<RowCheck> rows;
    // After Ctrl-C a cluster of its own is about to go, and whoever pressed it waits.
    const bool in_haste = stop_.requested();
    if (!in_haste || !target.own) measurement.heal_rest();
    measurement.finish(record);
    const auto answers = measurement.finish_answers(in_haste);
    if (plan_.verify && !in_haste) rows = check_rows(plan_, target, schema.identity, record, stop_);
    if (stop_.requested() && record.status == RunStatus::complete)
        record.status = RunStatus::interrupted; // while the rows were counted
    describe_end(crew.cost(), measurement.cpu(), crew.cancels(), rows, record);
    record.details["client_cost"]["check_answers"] = answers_json(answers, record);
    record.sentences = tell_run(record, measurement.outages(), rows, measurement.zero());
    Verification verification;
    verification.checks.push_back(wrong_answers_check(answers, record, measurement.zero()));
    if (auto told = tell_answers(answers); !told.empty())
        record.sentences.push_back(std::move(told));
    for (const auto& offender : verification.checks.back().offenders)
        record.sentences.push_back(offender);
    save(record);
    if (!in_haste) keep(target); // after Ctrl-C a node may be down; such a cluster is of no use
    return exit_code(record, rows, verification);
}

} // namespace citusbench
