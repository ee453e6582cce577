#include "cluster/manifest/manifest.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "pg/conninfo.hpp"
#include "topology/target_name.hpp"

namespace citusbench {
namespace {

using Json = nlohmann::ordered_json;

Json control_json(const ManifestControl& control) {
    switch (control.by) {
    case ManifestControl::By::process: {
        Json process = {{"directory", control.directory.string()}};
        for (const auto& [name, command] : control.commands) process[name] = command;
        return {{"process", std::move(process)}};
    }
    case ManifestControl::By::container:
        return {{"container", control.container}};
    case ManifestControl::By::command:
        return {{"command", control.commands}};
    case ManifestControl::By::nothing:
        break;
    }
    return nullptr;
}

Json node_json(const ManifestNode& each) {
    const auto& node = each.node;
    Json json = {{"name", node.name}, {"kind", name_of(node.kind)}};
    if (node.holds_data()) json["role"] = name_of(node.role);
    json["host"] = node.host;
    if (!node.inner_host.empty() && node.inner_host != node.host)
        json["inner_host"] = node.inner_host;
    json["port"] = node.port;
    if (node.is_entry) json["entry"] = true;
    if (node.kind == NodeKind::patroni) {
        json["group"] = node.group;
        json["rest_port"] = node.more_ports.at(more_port::patroni_rest);
    }
    if (node.kind == NodeKind::haproxy && !node.more_ports.empty())
        json["statistics_port"] = node.more_ports.at(more_port::haproxy_statistics);
    if (!node.upstream.empty()) json["upstream"] = node.upstream;
    if (each.control.by != ManifestControl::By::nothing)
        json["control"] = control_json(each.control);
    return json;
}

} // namespace

std::string description_of(const ManifestControl& control) {
    switch (control.by) {
    case ManifestControl::By::process:
        return "process in " + control.directory.string();
    case ManifestControl::By::container:
        return "container " + control.container;
    case ManifestControl::By::command:
        return control.commands.contains("probe")
                   ? "command, probe: " + control.commands.at("probe")
                   : "command";
    case ManifestControl::By::nothing:
        break;
    }
    return "none";
}

const std::map<std::string, std::vector<std::string>, std::less<>>& manifest_fields() {
    static const std::map<std::string, std::vector<std::string>, std::less<>> fields = {
        {"", {"$schema", "version", "connection", "nodes"}},
        {"node",
         {"name", "kind", "role", "host", "inner_host", "port", "entry", "group", "rest_port",
          "statistics_port", "upstream", "control"}},
        {"control", {"process", "container", "command"}},
        {"process", {"directory", "start"}},
        {"command", {"crash", "stop", "start", "pause", "resume", "cut", "heal", "probe", "mend"}},
    };
    return fields;
}

bool ManifestNode::can(NodeAction action) const {
    const bool is_network = action == NodeAction::cut || action == NodeAction::heal;
    switch (control.by) {
    case ManifestControl::By::process:
        return action == NodeAction::start ? control.commands.contains("start") : !is_network;
    case ManifestControl::By::container:
        return !is_network;
    case ManifestControl::By::command:
        return control.commands.contains(std::string(name_of(action)));
    case ManifestControl::By::nothing:
        break;
    }
    return false;
}

const ManifestNode& Manifest::at(std::string_view name) const {
    for (const auto& each : nodes)
        if (each.node.name == name) return each;
    throw UsageError(fmt::format("{}: {} has no such node", name, file.string()));
}

std::vector<Node> Manifest::plain_nodes() const {
    std::vector<Node> plain;
    for (const auto& each : nodes) plain.push_back(each.node);
    return plain;
}

std::string Manifest::conninfo(const Node& node) const {
    return pg::Conninfo::parse(connection).at(node.host, std::to_string(node.port)).to_string();
}

std::string to_json(const Manifest& manifest) {
    Json json = {{"version", 1}, {"connection", manifest.connection}};
    json["nodes"] = Json::array();
    for (const auto& node : manifest.nodes) json["nodes"].push_back(node_json(node));
    return json.dump(2) + "\n";
}

} // namespace citusbench
