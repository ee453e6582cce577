#include "run/verify_target.hpp"

namespace citusbench {

VerifyTarget verify_target(const Target& target, std::string left_open) {
    VerifyTarget verified;
    verified.engine = target.deployment.engine;
    verified.replication = target.deployment.replication;
    verified.shards = target.deployment.shards;
    verified.left_open = std::move(left_open);
    for (const auto& entry : target.entries)
        verified.entries.push_back({entry.name, entry.conninfo.to_string()});
    verified.by_key = !target.further.empty();
    for (const auto& deployment : target.deployments())
        for (const auto& worker : deployment.workers) verified.workers.push_back(worker.name);
    if (target.cluster)
        for (const auto& node : target.cluster->nodes())
            verified.nodes.push_back({node.name, target.cluster->conninfo(node)});
    return verified;
}

Verification verify_run(const Plan& plan, const Target& target, const RunIdentity& identity,
                        std::shared_ptr<const Ledger> ledger, const std::string& left_open,
                        const StopFlag& stop, const Tell& tell) {
    RunFacts facts;
    facts.workload = plan.workload;
    facts.identity = identity;
    facts.seed = plan.seed;
    facts.weights = plan.weights;
    facts.ledger = std::move(ledger);
    facts.latest_run = identity.run;
    return verify(facts, verify_target(target, left_open), stop,
                  [&](std::string_view line) { tell(line, true); });
}

} // namespace citusbench
