#include "run/runner.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/quantity.hpp"
#include "run/describe.hpp"
#include "run/measurement.hpp"
#include "run/sentences.hpp"
#include "run/start_time.hpp"
#include "run/verify_target.hpp"
#include "verify/verify.hpp"

namespace citusbench {
namespace {

constexpr Ticks connect_patience = 10'000'000'000;

std::shared_ptr<const KeyGroups> make_groups(const Plan& plan, const Target& target,
                                             const StopFlag& stop) {
    if (plan.faults.empty() || plan.workload->tables().empty()) return nullptr;
    const auto placements = placements_of(plan.workload->tables().front().name, target.deployment,
                                          *target.cluster, stop);
    std::vector<std::vector<std::string>> sets;
    for (const auto& fault : plan.faults) sets.push_back(fault.nodes);
    return std::make_shared<KeyGroups>(
        ShardMap(target.deployment.engine, static_cast<int>(placements.size())), placements, sets,
        plan.workload->operations().size());
}

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
    // Where a node is out of use, a replicated insert commits in one phase.
    if (plan.operator_policy.disable_after && load.protocol == pg::CommitProtocol::two_phase)
        load.protocol = pg::CommitProtocol::one_phase;
    load.groups = make_groups(plan, target, stop);
    load.retries = plan.retries;
    load.connections = plan.connections;
    load.threads = plan.threads;
    load.depth = plan.pipeline;
    load.batch = plan.batch;
    load.arrival = plan.arrival;
    load.share = plan.share;
    load.timeout = to_ticks(plan.timeout);
    load.interval = to_ticks(plan.interval);
    choose_checked_kinds(plan.check_share, load);
    return load;
}

/// Why shards may have fewer copies than they should, without that being a finding.
std::string left_open(const std::vector<Outage>& outages, bool not_healed) {
    if (not_healed) return "left so by --no-heal";
    for (const auto& outage : outages)
        if (!outage.trouble.empty()) return "left so by the operator, who did not get through";
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

Verification Runner::verify(const Target& target, const RunIdentity& identity,
                            const RunRecord& record, const std::string& left_open) {
    RunFacts facts;
    facts.workload = plan_.workload;
    facts.identity = identity;
    facts.seed = plan_.seed;
    facts.weights = plan_.weights;
    facts.ledger = record.ledger;
    facts.latest_run = identity.run;
    return citusbench::verify(facts, verify_target(target, left_open), stop_,
                              [&](std::string_view line) { tell(line, true); });
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
    auto load = make_load_plan(plan_, target, schema.identity, stop_);
    auto record = describe_start(plan_, target, schema, load.protocol, run_name_, stop_);
    Mailbox mailbox;
    Crew crew(load, mailbox);
    crew.connect(connect_patience, stop_);
    if (plan_.start_at_us) {
        const auto clock = measure_clock(target.deployment.entry_conninfo, stop_);
        record.details["clock"] = {{"server_offset_us", clock.offset_us},
                                   {"round_trip_us", clock.round_trip_us}};
        load.start = ticks_at(*plan_.start_at_us, clock);
    }
    for (auto& reporter : reporters_) reporter->start(record);

    Measurement measurement(plan_, target, load, crew, mailbox, stop_, reporters_, record);
    measurement.run();
    // After Ctrl-C a cluster of its own is about to go, and whoever pressed it waits.
    const bool in_haste = stop_.requested();
    const bool leave_broken = !target.own && !plan_.heal && !in_haste;
    if (!leave_broken && (!in_haste || !target.own)) measurement.heal_rest();
    measurement.finish(record);
    record.ledger = measurement.ledger();
    const auto answers = measurement.finish_answers(in_haste);
    if (plan_.verify && !in_haste)
        record.verification =
            verify(target, schema.identity, record, left_open(measurement.outages(), leave_broken));
    if (stop_.requested() && record.status == RunStatus::complete)
        record.status = RunStatus::interrupted; // while the rows were looked at
    describe_end(crew.cost(), measurement.cpu(), crew.cancels(), measurement.trust(), record);
    add_answers(answers, record, measurement.zero());
    FaultStory story{measurement.outages(),
                     measurement.key_outages(),
                     std::string(plan_.workload->key_noun()),
                     {},
                     measurement.zero()};
    if (target.deployment.engine == Engine::citus && target.deployment.replication > 1)
        story.policy = plan_.operator_policy.to_string();
    describe_faults(story, record);
    record.sentences = tell_run(record, story);
    save(record);
    if (!in_haste) keep(target); // after Ctrl-C a node may be down; such a cluster is of no use
    return exit_code(record);
}

} // namespace citusbench
