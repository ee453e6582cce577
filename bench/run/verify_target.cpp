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
    for (const auto& worker : target.deployment.workers) verified.workers.push_back(worker.name);
    if (target.cluster)
        for (const auto& node : target.cluster->nodes())
            verified.nodes.push_back({node.name, target.cluster->conninfo(node)});
    return verified;
}

} // namespace citusbench
