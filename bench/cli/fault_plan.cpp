#include "cli/fault_plan.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/option_values.hpp"
#include "core/error.hpp"
#include "core/quantity.hpp"
#include "network/packet_rules.hpp"
#include "topology/target_name.hpp"

namespace citusbench {
namespace {

constexpr auto default_length = std::chrono::seconds(20);

FaultSpec parse_fault(const std::string& option, const std::string& shown,
                      const std::string& text) {
    try {
        auto fault = FaultSpec::parse(text);
        fault.option = option;
        return fault;
    } catch (const std::invalid_argument& error) {
        throw UsageError(fmt::format("--{} {}: {}", option, shown, error.what()));
    }
}

Nanoseconds phase_length(const ParsedOptions& parsed, const std::string& name, bool with_faults) {
    if (parsed.contains(name) && !with_faults)
        throw UsageError(
            fmt::format("--{} {}: it needs a fault; add --kill NODE, or use --duration", name,
                        text_of(parsed, name)));
    return duration_value(parsed, name, default_length);
}

/// The nodes that the plan's cluster will have, or the kept one's; none where there is neither.
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
            fmt::format("--fault {}: only the kind slow takes a delay", fault.to_string()));
    if (!takes_delay || (fault.delay && fault.delay->count() > 0)) return;
    throw UsageError(fmt::format("--fault {}: {} takes a delay above 0, such as {}:{}:20ms",
                                 fault.to_string(), fault.kind, fault.kind,
                                 fmt::join(fault.nodes, ",")));
}

/// What Patroni alone, or only something that Patroni manages, can be the target of.
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
        throw UsageError(fmt::format("--fault {}: {} alone takes crash, stop or pause",
                                     fault.to_string(), target));
}

void check_fault(const FaultSpec& fault, const std::vector<Node>& nodes,
                 const std::string& topology) {
    if (!find_fault(fault.kind)) {
        std::vector<std::string_view> kinds;
        for (const auto& registration : fault_registry()) kinds.push_back(registration.kind);
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

void read_lengths(const ParsedOptions& parsed, Plan& plan) {
    const bool with_faults = !plan.faults.empty();
    plan.heal = !parsed["no-heal"].as<bool>();
    plan.before = phase_length(parsed, "before", with_faults);
    plan.during = phase_length(parsed, "during", with_faults);
    plan.after = phase_length(parsed, "after", with_faults);
    if (!plan.heal && parsed.contains("after"))
        throw UsageError("--after: with --no-heal nothing comes after; leave one of them out");
    if (!plan.heal && !with_faults)
        throw UsageError("--no-heal: it needs a fault; add --kill NODE");
    if (parsed.contains("duration") && with_faults)
        throw UsageError(
            fmt::format("--duration {}: a run with faults takes --before, --during and "
                        "--after instead",
                        text_of(parsed, "duration")));
    plan.duration = duration_value(parsed, "duration", std::chrono::seconds(30));
}

void read_repeat(const ParsedOptions& parsed, Plan& plan) {
    constexpr std::uint64_t most = 300; // each cycle has three segments of the phase clock
    plan.repeat = static_cast<int>(parse_value(parsed, "repeat", [&](const std::string& text) {
        const auto number = parse_count(text);
        if (number < 1 || number > most)
            throw std::invalid_argument(fmt::format("must be between 1 and {}", most));
        return number;
    }));
    if (plan.repeat == 1) return;
    if (plan.faults.empty())
        throw UsageError(
            fmt::format("--repeat {}: it needs a fault; add --kill NODE", plan.repeat));
    if (!plan.heal)
        throw UsageError(fmt::format(
            "--repeat {}: with --no-heal there is one cycle only; leave one of them out",
            plan.repeat));
}

void read_operator(const ParsedOptions& parsed, Plan& plan) {
    const auto text = text_of(parsed, "operator");
    try {
        plan.operator_policy = OperatorPolicy::parse(text);
    } catch (const std::invalid_argument& error) {
        throw UsageError(fmt::format("--operator {}: {}", text, error.what()));
    }
    if (!plan.operator_policy.disable_after) return;
    const auto refuse = [&](const std::string& why) {
        throw UsageError(fmt::format("--operator {}: {}", text, why));
    };
    if (plan.faults.empty()) refuse("it needs a fault; add --kill NODE");
    if (plan.cluster && plan.cluster->engine != Engine::citus)
        refuse(fmt::format("engine {} has no copies to take out of use; use --engine citus",
                           name_of(plan.cluster->engine)));
    if (plan.cluster && plan.cluster->replication < 2)
        refuse("with --replication 1 a disabled node would take its rows along; use "
               "--replication 2");
    for (const auto& fault : plan.faults)
        if (plan.heal && fault.length.value_or(plan.during) <= *plan.operator_policy.disable_after)
            refuse(fmt::format("{} is healed after {}, before the operator comes; use a shorter "
                               "delay, or a longer --during",
                               fault.to_string(),
                               duration_option(fault.length.value_or(plan.during))));
}

/// Why the way to nodes cannot be changed: a proxy needs a cluster that this run starts and ends.
std::string no_proxy_text(const Plan& plan, const FaultSpec& fault) {
    return plan.cluster
               ? fmt::format("--keep: with --fault {} there are proxies in front of nodes, which "
                             "end with the run; leave --keep out",
                             fault.to_string())
               : fmt::format("--fault {}: there is no proxy in front of the kept cluster's nodes; "
                             "leave --dsn out, so that the run starts a cluster that has them",
                             fault.to_string());
}

/// What cannot be done to a container alone.
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

/// What a node's control must be able to do.
std::vector<NodeAction> actions_of(const FaultSpec& fault) {
    if (fault.kind == "crash") return {NodeAction::crash, NodeAction::start};
    if (fault.kind == "stop") return {NodeAction::stop, NodeAction::start};
    if (fault.kind == "pause") return {NodeAction::pause, NodeAction::resume};
    if (fault.kind == "partition") return {NodeAction::cut, NodeAction::heal};
    return {};
}

/// What the manifest has no way to do.
void check_manifest(const FaultSpec& fault, const Plan& plan) {
    const auto refuse = [&](const std::string& why) {
        throw UsageError(
            fmt::format("--{} {}: {}", fault.option, fmt::join(fault.nodes, ","), why));
    };
    if (fault.kind == "slow" || fault.kind == "postmaster")
        refuse(fmt::format("--cluster has no way to do {}; use crash, stop, pause or partition",
                           fault.kind));
    const auto actions = actions_of(fault);
    for (const auto& target : fault.nodes) {
        if (is_patroni_alone(target))
            refuse(fmt::format("--cluster has no way to hit Patroni alone; use {}",
                               node_of_target(target)));
        for (const auto& name : nodes_of_target(target, plan.manifest->plain_nodes()))
            for (const auto action : actions)
                if (const bool is_heal = action != actions.front();
                    (plan.heal || !is_heal) && !plan.manifest->at(name).can(action))
                    refuse(fmt::format("{} of {} needs a way to {} it; add one to its control "
                                       "in {} (docs/MANIFEST.md)",
                                       fault.kind, name, name_of(action),
                                       plan.manifest->file.string()));
    }
}

void add_proxies(const FaultSpec& fault, const std::vector<Node>& nodes,
                 std::vector<std::string>& proxied) {
    for (const auto& target : fault.nodes)
        for (const auto& node : nodes_of_target(target, nodes))
            if (std::find(proxied.begin(), proxied.end(), node) == proxied.end())
                proxied.push_back(node);
}

/// Decides how the way to each node is cut or made longer, and refuses what cannot be done.
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

void read_faults(const ParsedOptions& parsed, Plan& plan) {
    if (parsed.contains("kill")) {
        const auto nodes = parsed["kill"].as<std::string>();
        plan.faults.push_back(parse_fault("kill", nodes, "crash:" + nodes));
    }
    if (parsed.contains("down")) { // of capacity
        const auto nodes = parsed["down"].as<std::string>();
        plan.faults.push_back(parse_fault("down", nodes, "stop:" + nodes));
    }
    if (parsed.contains("fault"))
        for (const auto& text : parsed["fault"].as<std::vector<std::string>>())
            plan.faults.push_back(parse_fault("fault", text, text));
    if (plan.faults.size() > max_faults)
        throw UsageError(fmt::format("--fault: {} of them; at most {} fit into a run",
                                     plan.faults.size(), max_faults));
    read_lengths(parsed, plan);
    read_repeat(parsed, plan);
    read_operator(parsed, plan);
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
