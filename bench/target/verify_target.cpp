#include "target/verify_target.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/embedded_files.hpp"
#include "deployment/placements.hpp"
#include "target/schema.hpp"
#include "verify/verify.hpp"

namespace citusbench {
namespace {

/// Coordinators of a known cluster that the load did not use by name: rows acknowledged by one must
/// be visible through all.
std::vector<Access> other_coordinators(const RunTarget& target,
                                       const std::string& accepted_degradation) {
    std::vector<Access> others;
    if (!target.cluster) return others;
    const bool some_are_down = !accepted_degradation.empty();
    for (const auto& node : target.cluster->nodes()) {
        const auto conninfo = target.cluster->conninfo(node);
        const auto port = std::to_string(node.port);
        const bool is_entry =
            std::any_of(target.entries.begin(), target.entries.end(), [&](const EntryPoint& entry) {
                return entry.conninfo.get("port") == port;
            });
        if (node.role != Role::coordinator || is_entry) continue;
        if (!some_are_down || target.cluster->state(node) == "up")
            others.push_back({node.name, conninfo});
    }
    return others;
}

/// fdw: a name for each shard of the workload's tables, which may have moved, cluster after
/// cluster. Without an answer the verification itself says why.
std::vector<std::string> holders(const RunTarget& target, const Workload& workload,
                                 const StopFlag& stop) {
    std::vector<std::string> names;
    if (target.deployment.engine != Engine::fdw || !target.cluster) return names;
    try {
        for (const auto& deployment : target.deployments())
            for (const auto& nodes :
                 placements_of(workload.tables().front().name, deployment, *target.cluster, stop))
                names.push_back(nodes.empty() ? "?" : nodes.front());
    } catch (const RunError&) {
        names.clear();
    }
    return names;
}

} // namespace

VerificationTarget verify_target(const RunTarget& target, const Workload& workload,
                                 std::string accepted_degradation, const StopFlag& stop) {
    VerificationTarget verified;
    verified.engine = target.deployment.engine;
    verified.replication = target.deployment.replication;
    verified.shards = target.deployment.shards;
    verified.accepted_degradation = std::move(accepted_degradation);
    for (const auto& entry : target.entries)
        verified.entries.push_back({entry.name, entry.conninfo.to_string()});
    verified.by_key = !target.further.empty();
    // By key each entry is a cluster: a coordinator behind a pooler would count as one more.
    if (!verified.by_key)
        for (const auto& [name, conninfo] :
             other_coordinators(target, verified.accepted_degradation))
            verified.entries.push_back({name, conninfo});
    verified.workers = holders(target, workload, stop);
    if (target.cluster)
        for (const auto& node : target.cluster->nodes())
            if (node.holds_data())
                verified.nodes.push_back({node.name, target.cluster->conninfo(node)});
    return verified;
}

namespace {

/// The number of the last run that began on the target's data; 0 where that cannot be asked.
std::uint64_t latest_run_of(const RunTarget& target, const StopFlag& stop) {
    if (target.own) return 0;
    try {
        pg::Client client(target.deployment.entry_conninfo, stop);
        const auto marker = client.query(std::string(sql_text("verify/marker.sql")));
        return marker.rows() == 0 ? 0 : static_cast<std::uint64_t>(marker.integer(0, 5));
    } catch (const RunError&) {
        return 0; // the verification itself says why
    }
}

} // namespace

Verification verify_run(const Plan& plan, const RunTarget& target, const RunIdentity& identity,
                        std::shared_ptr<const Ledger> ledger,
                        const std::string& accepted_degradation, const StopFlag& stop,
                        const StatusSink& report_status) {
    RunDescription description;
    description.workload = plan.workload;
    description.identity = identity;
    description.seed = plan.seed;
    description.weights = plan.weights;
    description.ledger = std::move(ledger);
    const auto where = verify_target(target, *plan.workload, accepted_degradation, stop);
    // Others may begin runs on the same data while this one is compared: their rows are theirs.
    while (true) {
        description.latest_run = std::max(identity.run, latest_run_of(target, stop));
        auto verification = verify(description, where, stop,
                                   [&](std::string_view line) { report_status(line, true); });
        if (latest_run_of(target, stop) <= description.latest_run) return verification;
    }
}

namespace {

/// What the database holds instead of the run's data; empty if it holds this data.
std::string difference_to_plan(const pg::Result& marker, const VerifyPlan& plan,
                               std::size_t cluster) {
    const auto& run = plan.plan;
    if (marker.text(0, 0) != run.workload->name())
        return fmt::format("workload {}", marker.text(0, 0));
    if (marker.text(0, 1) != run.workload->scale())
        return fmt::format("{} {}", marker.text(0, 0), marker.text(0, 1));
    if (static_cast<std::uint64_t>(marker.integer(0, 2)) != run.seed)
        return fmt::format("seed {}", marker.text(0, 2));
    if (marker.text(0, 4) != "t") return "a load that was not finished";
    if (marker.integer(0, 3) != plan.description.identity.load_time_us)
        return "data that was loaded again since the run";
    // The first of several clusters gives out the numbers.
    const auto number = plan.description.identity.run;
    if (cluster == 0 && number != run_of_reads &&
        static_cast<std::uint64_t>(marker.integer(0, 5)) < number)
        return fmt::format("{} runs", marker.text(0, 5));
    return {};
}

/// The last run number that the database gave out; of a further cluster 0.
std::uint64_t check_marker(const VerifyPlan& plan, const RunTarget& target, std::size_t cluster,
                           const StopFlag& stop) {
    pg::Client client(target.deployments()[cluster].entry_conninfo, stop);
    const auto& where = target.entries[cluster].name;
    const auto exists = client.query(std::string(sql_text("marker/exists.sql")));
    if (exists.integer(0, 1) == 0)
        throw UsageError(fmt::format("--verify-only {}: the database at {} holds no data of "
                                     "citusbench; point --dsn at the run's database",
                                     plan.folder.string(), where));
    const auto marker = client.query(std::string(sql_text("verify/marker.sql")));
    auto other = marker.rows() == 0 ? "an empty marker" : difference_to_plan(marker, plan, cluster);
    const auto part = part_name(cluster, 1 + target.further.size());
    if (other.empty() && marker.text(0, 6) != part)
        other = fmt::format("part '{}' of the rows instead of '{}'", marker.text(0, 6), part);
    if (!other.empty())
        throw UsageError(fmt::format(
            "--verify-only {}: the database at {} holds {}; the run was number {} of {} {} with "
            "seed {}; point --dsn at its database",
            plan.folder.string(), where, other, plan.description.identity.run,
            plan.plan.workload->name(), plan.plan.workload->scale(), plan.plan.seed));
    return static_cast<std::uint64_t>(marker.integer(0, 5));
}

} // namespace

Verification verify_again(const VerifyPlan& plan, const StopFlag& stop,
                          const StatusSink& report_status) {
    auto target = open_target(plan.plan, stop, report_status);
    auto description = plan.description;
    description.latest_run = check_marker(plan, target, 0, stop);
    for (std::size_t cluster = 1; cluster <= target.further.size(); ++cluster)
        check_marker(plan, target, cluster, stop);
    auto verification = verify(description, verify_target(target, *description.workload, "", stop),
                               stop, [&](std::string_view line) { report_status(line, true); });
    verification.checks.insert(verification.checks.end(), plan.kept.begin(), plan.kept.end());
    return verification;
}

} // namespace citusbench
