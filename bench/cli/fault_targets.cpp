#include "cli/plan_tables.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "network/packet_rules.hpp"
#include "topology/target_name.hpp"

namespace citusbench {
namespace {

/// The nodes of the plan's cluster, or else of the kept one; none if there is neither.
std::vector<Node> nodes_for(const Plan& plan, const StopFlag& stop) {
    if (plan.cluster) return nodes_of(*plan.cluster);
    if (plan.manifest) return plan.manifest->plain_nodes();
    if (const auto kept = LocalCluster::open_kept(stop)) return kept->nodes();
    return {};
}

void check_delay(const FaultSpec& fault) {
    const bool takes_delay = find_fault(fault.kind)->need == NetworkNeed::delay;
    if (fault.delay && !takes_delay)
        throw UsageError(
            fmt::format("--fault {}: only slow has a delay; leave it out", fault.to_string()));
    if (!takes_delay || (fault.delay && fault.delay->count() > 0)) return;
    throw UsageError(fmt::format("--fault {}: {} needs a delay above 0, such as {}:{}:20ms",
                                 fault.to_string(), fault.kind, fault.kind,
                                 fmt::join(fault.nodes, ",")));
}

/// Checks that a fault fits a target that is Patroni alone, or a node under Patroni.
void check_patroni_target(const FaultSpec& fault, const std::string& target,
                          const std::vector<Node>& nodes) {
    const auto is_managed = [&](const std::string& name) {
        return std::any_of(nodes.begin(), nodes.end(), [&](const Node& node) {
            return node.name == name && node.kind == NodeKind::patroni;
        });
    };
    if (fault.kind == "switchover" && !is_managed(nodes_of_target(target, nodes).front()))
        throw UsageError(fmt::format("--fault {}: Patroni does not manage {}; use leader",
                                     fault.to_string(), target));
    const bool ends_processes =
        fault.kind == "crash" || fault.kind == "stop" || fault.kind == "pause";
    if (is_patroni_alone(target) && !ends_processes && fault.kind != "none")
        throw UsageError(
            fmt::format("--fault {}: use crash, stop or pause for {}", fault.to_string(), target));
}

void check_fault(const FaultSpec& fault, const std::vector<Node>& nodes,
                 const std::string& topology) {
    if (!find_fault(fault.kind)) {
        std::vector<std::string_view> kinds;
        for (const auto& entry : fault_registry()) kinds.push_back(entry.kind);
        throw UsageError(fmt::format("--fault {}: there is no fault '{}'; use {}",
                                     fault.to_string(), fault.kind, fmt::join(kinds, ", ")));
    }
    check_delay(fault);
    const auto names = target_names(nodes);
    for (const auto& node : fault.nodes) {
        if (std::find(names.begin(), names.end(), node) == names.end())
            throw UsageError(fmt::format("--{} {}: topology {} has no node '{}'; it has {}",
                                         fault.option, fmt::join(fault.nodes, ","), topology, node,
                                         fmt::join(names, ", ")));
        check_patroni_target(fault, node, nodes);
    }
}

/// Why network faults are not possible: a proxy needs a cluster that this run starts and ends.
std::string no_proxy_text(const Plan& plan, const FaultSpec& fault) {
    return plan.cluster
               ? fmt::format("--keep: with --fault {} there are proxies in front of nodes, which "
                             "end with the run; leave --keep out",
                             fault.to_string())
               : fmt::format("--fault {}: there is no proxy in front of the kept cluster's nodes; "
                             "leave --dsn out, so that the run starts a cluster that has them",
                             fault.to_string());
}

/// Refuses faults that containers do not support.
void check_containers(const FaultSpec& fault) {
    const auto refuse = [&](std::string_view why) {
        throw UsageError(fmt::format("--fault {}: {}, or --runtime local", fault.to_string(), why));
    };
    if (find_fault(fault.kind)->need == NetworkNeed::delay)
        refuse("there is no proxy in front of containers; use partition or pause");
    if (fault.kind == "postmaster") refuse("a container ends with its main process; use crash");
    for (const auto& target : fault.nodes)
        if (is_patroni_alone(target))
            refuse(
                fmt::format("a container ends with its Patroni; use {}", node_of_target(target)));
}

/// The actions that a node's control must support.
std::vector<NodeAction> actions_of(const FaultSpec& fault) {
    if (fault.kind == "crash") return {NodeAction::crash, NodeAction::start};
    if (fault.kind == "stop") return {NodeAction::stop, NodeAction::start};
    if (fault.kind == "pause") return {NodeAction::pause, NodeAction::resume};
    if (fault.kind == "partition") return {NodeAction::cut, NodeAction::heal};
    return {};
}

/// Refuses faults that the manifest does not support.
void check_manifest(const FaultSpec& fault, const Plan& plan) {
    const auto refuse = [&](const std::string& why) {
        throw UsageError(
            fmt::format("--{} {}: {}", fault.option, fmt::join(fault.nodes, ","), why));
    };
    if (fault.kind == "slow" || fault.kind == "postmaster")
        refuse(fmt::format("--cluster does not support {}; use crash, stop, pause or partition",
                           fault.kind));
    const auto actions = actions_of(fault);
    for (const auto& target : fault.nodes) {
        if (is_patroni_alone(target))
            refuse(fmt::format("--cluster does not support faults of Patroni alone; use {}",
                               node_of_target(target)));
        for (const auto& name : nodes_of_target(target, plan.manifest->plain_nodes()))
            for (const auto action : actions)
                if (const bool is_healing = action != actions.front();
                    (plan.heal || !is_healing) && !plan.manifest->at(name).can(action))
                    refuse(fmt::format(
                        "{} of {} needs \"{}\" in its control; add it in {} (docs/MANIFEST.md)",
                        fault.kind, name, name_of(action), plan.manifest->file.string()));
    }
}

void add_proxies(const FaultSpec& fault, const std::vector<Node>& nodes,
                 std::vector<std::string>& proxied) {
    for (const auto& target : fault.nodes)
        for (const auto& node : nodes_of_target(target, nodes))
            if (std::find(proxied.begin(), proxied.end(), node) == proxied.end())
                proxied.push_back(node);
}

/// Decides how each network fault is done (proxy or packet rules), and refuses what is not
/// possible.
void read_network_needs(Plan& plan, const std::vector<Node>& nodes) {
    if (plan.manifest) {
        for (const auto& fault : plan.faults) check_manifest(fault, plan);
        return;
    }
    if (plan.cluster && plan.cluster->runtime == Runtime::compose) {
        for (const auto& fault : plan.faults) check_containers(fault);
        return;
    }
    std::optional<PacketTool> tool;
    for (const auto& fault : plan.faults) {
        const auto need = find_fault(fault.kind)->need;
        if (need == NetworkNeed::none) continue;
        if (need == NetworkNeed::cut) {
            if (!tool) tool = find_packet_tool();
            if (*tool) continue;
        }
        if (!plan.cluster || plan.keep) {
            auto text = no_proxy_text(plan, fault);
            if (tool && need == NetworkNeed::cut)
                text += fmt::format(", or make packet rules possible ({})", tool->why_not);
            throw UsageError(text);
        }
        add_proxies(fault, nodes, plan.cluster->proxied);
    }
}

} // namespace

void read_fault_targets(Plan& plan) {
    if (plan.faults.empty()) return;
    const StopFlag no_stop;
    const auto nodes = nodes_for(plan, no_stop);
    if (nodes.empty())
        throw UsageError(fmt::format("--{} {}: citusbench does not control the nodes behind --dsn; "
                                     "leave --dsn out, or describe them with --cluster FILE",
                                     plan.faults.front().option,
                                     fmt::join(plan.faults.front().nodes, ",")));
    for (const auto& fault : plan.faults) check_fault(fault, nodes, plan.topology);
    read_network_needs(plan, nodes);
}

} // namespace citusbench
