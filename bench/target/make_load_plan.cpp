#include "target/make_load_plan.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "topology/target_name.hpp"

namespace citusbench {
namespace {

/// The placements of all clusters, one after the other. The keys of one of several clusters cannot
/// be reached without its entry point, so the entry point counts as holding all of them.
Placements all_placements(const std::string& table, const RunTarget& target, const StopFlag& stop) {
    if (target.further.empty())
        return placements_of(table, target.deployment, *target.cluster, stop);
    Placements all;
    std::size_t cluster = 0;
    for (const auto& deployment : target.deployments()) {
        auto placements = placements_of(table, deployment, *target.cluster, stop);
        placements.resize(static_cast<std::size_t>(
            ShardMap(deployment.engine, deployment.shards).shards_of_one()));
        for (auto& shard : placements) {
            for (const auto& node : target.cluster->nodes())
                if (node.is_entry && node.cluster == cluster) shard.push_back(node.name);
            all.push_back(std::move(shard));
        }
        ++cluster;
    }
    return all;
}

std::shared_ptr<const KeyGroups> make_groups(const Plan& plan, const RunTarget& target,
                                             const StopFlag& stop) {
    if (plan.faults.empty() || plan.workload->tables().empty()) return nullptr;
    const auto clusters = 1 + target.further.size();
    const auto placements = all_placements(plan.workload->tables().front().name, target, stop);
    std::vector<std::vector<std::string>> sets;
    for (const auto& fault : plan.faults) {
        auto& nodes = sets.emplace_back();
        for (const auto& name : fault.nodes)
            for (auto& node : nodes_of_target(name, target.cluster->nodes()))
                nodes.push_back(std::move(node));
    }
    return std::make_shared<KeyGroups>(ShardMap(target.deployment.engine,
                                                static_cast<int>(placements.size() / clusters),
                                                ClusterMap(clusters)),
                                       placements, sets);
}

/// Kinds of the mix whose answers can be checked; none at a share of 0.
void choose_checked_kinds(LoadPlan& load) {
    const auto checker =
        load.check_share > 0 ? load.workload->answer_checker(load.identity, load.weights) : nullptr;
    if (!checker) return;
    std::vector<bool> kinds;
    const auto& operations = load.workload->operations();
    for (std::uint32_t kind = 0; kind < load.weights.size(); ++kind)
        kinds.push_back(load.weights[kind] > 0 && checker->checks(kind) &&
                        (load.clusters() == 1 || operations[kind].merge_rule != MergeRule::none));
    if (std::find(kinds.begin(), kinds.end(), true) != kinds.end()) load.checked_kinds = kinds;
}

} // namespace

LoadPlan make_load_plan(const Plan& plan, const RunTarget& target, const RunIdentity& identity,
                        const StopFlag& stop) {
    LoadPlan load;
    static_cast<LoadOptions&>(load) = static_cast<const LoadOptions&>(plan);
    load.workload = plan.workload.get();
    load.identity = identity;
    const auto& kinds = plan.workload->operations();
    for (std::size_t i = 0; i < kinds.size(); ++i)
        load.statements.push_back(
            {plan.prepared ? fmt::format("s{}", i) : "", plan.weights[i] > 0 ? kinds[i].sql : ""});
    load.entries = target.entries;
    load.protocol = protocol_of(target, stop);
    // If a node is disabled, a replicated insert commits in one phase.
    if (plan.operator_policy.disable_after && load.protocol == pg::CommitProtocol::two_phase)
        load.protocol = pg::CommitProtocol::one_phase;
    load.groups = make_groups(plan, target, stop);
    choose_checked_kinds(load);
    return load;
}

} // namespace citusbench
