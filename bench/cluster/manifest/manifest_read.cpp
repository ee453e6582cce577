#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cluster/manifest/manifest.hpp"
#include "core/error.hpp"
#include "os/process.hpp"
#include "pg/conninfo.hpp"

namespace citusbench {
namespace {

using Json = nlohmann::ordered_json;

/// An object of the file with the name by which errors call it: "nodes[2].control".
class Reader {
  public:
    Reader(const Json& object, std::string place, std::string_view what,
           const std::filesystem::path& file)
        : object_(object), place_(std::move(place)), file_(file) {
        if (!object.is_object()) refuse("", "must be an object, { … }");
        const auto& known = manifest_fields().find(what)->second;
        for (const auto& [name, value] : object.items())
            if (std::find(known.begin(), known.end(), name) == known.end())
                refuse(name, fmt::format("there is no such field; use {}", fmt::join(known, ", ")));
    }

    [[noreturn]] void refuse(const std::string& field, const std::string& why) const {
        auto where = place_;
        if (!field.empty()) where += (where.empty() ? "" : ".") + field;
        throw UsageError(fmt::format("--cluster {}: {}{}{}", file_.string(), where,
                                     where.empty() ? "" : ": ", why));
    }

    bool has(const std::string& field) const { return object_.contains(field); }
    const Json& at(const std::string& field) const { return object_.at(field); }
    const std::filesystem::path& file() const { return file_; }
    std::string place_of(const std::string& field) const {
        return place_.empty() ? field : place_ + "." + field;
    }

    std::string text(const std::string& field, const std::string& otherwise) const {
        if (!has(field)) return otherwise;
        if (!at(field).is_string() || at(field).get<std::string>().empty())
            refuse(field, fmt::format("{}: must be a string", at(field).dump()));
        return at(field).get<std::string>();
    }
    std::string text(const std::string& field) const {
        if (!has(field)) refuse(field, "is missing");
        return text(field, "");
    }
    bool flag(const std::string& field) const {
        if (!has(field)) return false;
        if (!at(field).is_boolean())
            refuse(field, fmt::format("{}: must be true or false", at(field).dump()));
        return at(field).get<bool>();
    }
    std::uint64_t number(const std::string& field, std::uint64_t least, std::uint64_t most) const {
        if (!has(field)) refuse(field, "is missing");
        const auto& value = at(field);
        if (!value.is_number_unsigned() || value.get<std::uint64_t>() < least ||
            value.get<std::uint64_t>() > most)
            refuse(field, fmt::format("{}: must be a whole number between {} and {}", value.dump(),
                                      least, most));
        return value.get<std::uint64_t>();
    }
    std::uint16_t port(const std::string& field) const {
        return static_cast<std::uint16_t>(number(field, 1, 65'535));
    }
    template <NamedEnum Enum>
    Enum value_of(const std::string& field) const {
        if (const auto value = enum_named<Enum>(text(field))) return *value;
        refuse(field, fmt::format("\"{}\": use {}", text(field), names_of_enum<Enum>()));
    }

  private:
    const Json& object_;
    std::string place_;
    const std::filesystem::path& file_;
};

void read_commands(const Reader& control, const std::string& field, ManifestControl& result) {
    const Reader commands(control.at(field), control.place_of(field), field, control.file());
    for (const auto& [name, value] : control.at(field).items())
        if (name != "directory")
            result.commands[name == "mend" ? "heal" : name] = commands.text(name);
    if (commands.has("heal") && commands.has("mend"))
        commands.refuse("mend", "is the old name of heal; leave it out where heal is there");
    if (field == "process") {
        result.directory = commands.text("directory");
        if (!result.directory.is_absolute())
            commands.refuse("directory",
                            fmt::format("\"{}\": must begin with /", result.directory.string()));
    }
}

ManifestControl read_control(const Reader& node) {
    ManifestControl result;
    if (!node.has("control")) return result;
    const Reader control(node.at("control"), node.place_of("control"), "control", node.file());
    if (node.at("control").size() != 1)
        control.refuse("", "must have exactly one of process, container and command");
    if (control.has("process")) {
        result.by = ManifestControl::By::process;
        read_commands(control, "process", result);
    } else if (control.has("command")) {
        result.by = ManifestControl::By::command;
        read_commands(control, "command", result);
    } else {
        result.by = ManifestControl::By::container;
        result.container = control.text("container");
    }
    return result;
}

void check_name(const Reader& reader, const std::string& name) {
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    };
    if (!std::all_of(name.begin(), name.end(), is_plain))
        reader.refuse("name", fmt::format("\"{}\": use letters, digits, '.', '_' and '-'", name));
    if (name == "leader")
        reader.refuse("name", "\"leader\": is the leader under Patroni; use another name");
}

Role read_role(const Reader& reader, NodeKind kind) {
    if (kind == NodeKind::nginx || kind == NodeKind::haproxy) return Role::balancer;
    if (kind == NodeKind::etcd) return Role::dcs;
    if (kind == NodeKind::pgbouncer) return Role::pooler;
    const auto role = reader.value_of<Role>("role");
    if (role != Role::coordinator && role != Role::worker)
        reader.refuse("role", fmt::format("\"{}\": a {} is a coordinator or a worker",
                                          name_of(role), name_of(kind)));
    return role;
}

ManifestNode read_node(const Json& json, std::size_t number, const std::filesystem::path& file) {
    const Reader reader(json, fmt::format("nodes[{}]", number), "node", file);
    ManifestNode result;
    auto& node = result.node;
    node.name = reader.text("name");
    check_name(reader, node.name);
    node.kind = reader.has("kind") ? reader.value_of<NodeKind>("kind") : NodeKind::postgres;
    node.role = read_role(reader, node.kind);
    node.host = reader.text("host", "127.0.0.1");
    node.inner_host = reader.text("inner_host", node.host);
    node.port = node.server_port = reader.port("port");
    node.is_entry = reader.flag("entry");
    if (node.is_entry && !node.takes_queries())
        reader.refuse("entry", fmt::format("true: a {} answers no queries", name_of(node.kind)));
    if (reader.has("group")) node.group = static_cast<int>(reader.number("group", 0, 1000));
    if (node.kind == NodeKind::patroni) node.more_ports = {reader.port("rest_port")};
    if (node.kind == NodeKind::haproxy && reader.has("statistics_port"))
        node.more_ports = {reader.port("statistics_port")};
    if (node.kind == NodeKind::pgbouncer) node.upstream = reader.text("upstream", "");
    result.control = read_control(reader);
    return result;
}

std::string read_connection(const Reader& top) {
    auto text = top.text("connection", "dbname=citusbench");
    try {
        const auto conninfo = pg::Conninfo::parse(text);
        if (!conninfo.get("password").empty())
            top.refuse("connection", "holds a password; put it into ~/.pgpass, or a file named by "
                                     "passfile=, so that it is not copied into results");
        for (const auto* keyword : {"host", "hostaddr", "port"})
            if (!conninfo.get(keyword).empty())
                top.refuse(
                    "connection",
                    fmt::format("has {}=, but each node has its own; leave it out", keyword));
    } catch (const std::invalid_argument& error) {
        top.refuse("connection", error.what());
    }
    return text;
}

void check_nodes(const Reader& top, const Manifest& manifest) {
    std::set<std::string> names;
    std::set<std::pair<std::string, std::uint16_t>> addresses;
    for (const auto& [node, control] : manifest.nodes) {
        if (!names.insert(node.name).second)
            top.refuse("nodes",
                       fmt::format("two are called {}; give each a name of its own", node.name));
        if (!addresses.emplace(node.host, node.port).second)
            top.refuse("nodes", fmt::format("two are at {}:{}", node.host, node.port));
    }
    for (const auto& [node, control] : manifest.nodes)
        if (!node.upstream.empty() && !names.contains(node.upstream))
            top.refuse("nodes", fmt::format("{} has \"upstream\": \"{}\", and there is no such "
                                            "node",
                                            node.name, node.upstream));
    if (std::none_of(manifest.nodes.begin(), manifest.nodes.end(),
                     [](const auto& each) { return each.node.is_entry; }))
        top.refuse("nodes", "none has \"entry\": true; mark those that clients connect to");
}

} // namespace

Manifest parse_manifest(const std::string& text, const std::filesystem::path& file) {
    Json json;
    try {
        json = Json::parse(text);
    } catch (const Json::parse_error& error) {
        const std::string_view words = error.what();
        const auto at = words.find("parse error");
        throw UsageError(fmt::format("--cluster {}: not JSON: {}", file.string(),
                                     at == std::string_view::npos ? words : words.substr(at)));
    }
    const Reader top(json, "", "", file);
    if (top.number("version", 1, 1'000'000) != 1)
        top.refuse("version",
                   fmt::format("{}: this citusbench reads version 1", json["version"].dump()));
    Manifest manifest;
    manifest.file = file;
    manifest.connection = read_connection(top);
    if (!top.has("nodes") || !json["nodes"].is_array() || json["nodes"].empty())
        top.refuse("nodes", "must be a list of at least one node");
    for (std::size_t i = 0; i < json["nodes"].size(); ++i)
        manifest.nodes.push_back(read_node(json["nodes"][i], i, manifest.file));
    check_nodes(top, manifest);
    return manifest;
}

Manifest read_manifest(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error))
        throw UsageError(fmt::format("--cluster {}: there is no such file; citusbench cluster "
                                     "discover --dsn … writes a first one",
                                     file.string()));
    return parse_manifest(read_file(file), file);
}

} // namespace citusbench
