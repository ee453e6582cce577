#include "target/verify_target.hpp"

#include <algorithm>

#include "deployment/placements.hpp"

namespace citusbench {

namespace {

/// Coordinators of a known cluster that the load did not go through by name: what was acknowledged
/// by one must be seen through all.
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
    description.latest_run = identity.run;
    return verify(description, verify_target(target, *plan.workload, accepted_degradation, stop),
                  stop, [&](std::string_view line) { report_status(line, true); });
}

} // namespace citusbench
