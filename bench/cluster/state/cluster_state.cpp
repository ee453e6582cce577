#include "cluster/state/cluster_state.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "os/process.hpp"
#include "os/server_user.hpp"
#include "pg/conninfo.hpp"
#include "topology/target_name.hpp"

namespace citusbench {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int format_version = 1;

/// Quoted for a connection string: psql and libpq take 'it''s' only as 'it\'s'.
std::string conninfo_value(const std::string& value) {
    if (value.find_first_of(" '\\") == std::string::npos) return value;
    std::string quoted = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "'";
}

/// Throws UsageError for a name that this version does not know: a wrong guess would query, stop or
/// kill the wrong things.
template <NamedEnum Enum>
Enum named_in(const fs::path& folder, const std::string& field, const std::string& name) {
    if (const auto value = enum_named<Enum>(name)) return *value;
    throw UsageError(fmt::format("{}: {}: \"{}\": must be one of {}; use the citusbench that made "
                                 "this cluster, or correct the file. Nothing was touched",
                                 (folder / "state.json").string(), field, name,
                                 names_of_enum<Enum>()));
}

json to_json(const ClusterState& state) {
    json nodes = json::array();
    for (const auto& node : state.nodes)
        nodes.push_back({{"name", node.name},
                         {"role", name_of(node.role)},
                         {"kind", name_of(node.kind)},
                         {"group", node.group},
                         {"more_ports", node.more_ports},
                         {"host", node.host},
                         {"port", node.port},
                         {"server_port", node.server_port},
                         {"is_entry", node.is_entry},
                         {"cluster", node.cluster},
                         {"upstream", node.upstream},
                         {"data_directory", state.data_dir(node.name).string()}});
    return {{"version", format_version},
            {"owner_pid", getpid()},
            {"kept", state.kept},
            {"topology", state.spec.topology},
            {"engine", name_of(state.spec.engine)},
            {"clusters", state.spec.clusters},
            {"workers", state.spec.workers},
            {"writers", state.spec.writers},
            {"replicas_per_worker", state.spec.replicas_per_worker},
            {"replication", state.spec.replication},
            {"shards", state.spec.shards},
            {"connections", state.spec.connections},
            {"pooling", name_of(state.spec.pooling)},
            {"pool_size", state.spec.pool_size},
            {"postgres",
             {{"bin_dir", state.postgres.bin_dir.string()},
              {"version", state.postgres.version},
              {"major", state.postgres.major},
              {"has_citus", state.postgres.has_citus},
              {"has_postgis", state.postgres.has_postgis}}},
            {"nodes", nodes}};
}

/// Older files know fewer things.
Node node_from_json(const json& item, const fs::path& folder, std::size_t number) {
    const auto field = [&](const char* name) { return fmt::format("nodes[{}].{}", number, name); };
    Node node;
    node.name = item.at("name").get<std::string>();
    node.role = named_in<Role>(folder, field("role"), item.at("role").get<std::string>());
    node.kind = named_in<NodeKind>(folder, field("kind"), item.value("kind", "postgres"));
    node.group = item.value("group", 0);
    node.more_ports = item.value("more_ports", node.more_ports);
    node.host = item.at("host").get<std::string>();
    node.port = item.at("port").get<std::uint16_t>();
    node.server_port = item.value("server_port", node.port);
    node.is_entry = item.at("is_entry").get<bool>();
    node.cluster = item.value("cluster", std::size_t{0});
    node.upstream = item.value("upstream", "");
    return node;
}

bool is_of_another_version(const json& root) {
    return root.is_object() && root.value("version", format_version) != format_version;
}

ClusterState from_json(const json& root, const fs::path& folder) {
    ClusterState state;
    state.folder = folder;
    state.kept = root.at("kept").get<bool>();
    state.spec.topology = root.at("topology").get<std::string>();
    state.spec.engine = named_in<Engine>(folder, "engine", root.at("engine").get<std::string>());
    state.spec.clusters = root.value("clusters", 1); // older files have none
    state.spec.workers = root.at("workers").get<int>();
    state.spec.writers = root.value("writers", 1);
    state.spec.replicas_per_worker = root.value("replicas_per_worker", 0);
    state.spec.replication = root.at("replication").get<int>();
    state.spec.shards = root.at("shards").get<int>();
    state.spec.connections = root.at("connections").get<int>();
    state.spec.pooling = named_in<Pooling>(folder, "pooling", root.value("pooling", "none"));
    state.spec.pool_size = root.value("pool_size", 0);
    const auto& postgres = root.at("postgres");
    state.postgres.bin_dir = postgres.at("bin_dir").get<std::string>();
    state.postgres.version = postgres.at("version").get<std::string>();
    state.postgres.major = postgres.at("major").get<int>();
    state.postgres.has_citus = postgres.at("has_citus").get<bool>();
    state.postgres.has_postgis = postgres.at("has_postgis").get<bool>();
    for (const auto& item : root.at("nodes"))
        state.nodes.push_back(node_from_json(item, folder, state.nodes.size()));
    return state;
}

} // namespace

namespace {

fs::path state_root_name() {
    const char* chosen = std::getenv("CITUSBENCH_STATE");
    return chosen && *chosen ? fs::path(chosen)
                             : fs::path(fmt::format("/var/tmp/citusbench-{}", geteuid()));
}

} // namespace

bool state_root_exists() {
    std::error_code error;
    return fs::exists(state_root_name(), error);
}

fs::path state_root() {
    return own_folder(state_root_name(), "state folder", "CITUSBENCH_STATE");
}

fs::path own_folder(const fs::path& folder, std::string_view what, std::string_view variable) {
    check_reachable(fs::absolute(folder).parent_path());
    std::error_code error;
    fs::create_directories(folder.parent_path(), error);
    // Servers of another user must pass through (folder drops to postgres), but nobody may look.
    if (mkdir(folder.c_str(), 0711) == 0) chmod(folder.c_str(), 0711);
    struct stat info {};
    if (lstat(folder.c_str(), &info) != 0)
        throw UsageError(fmt::format("cannot make the {} {}: {}; set {} to a folder that can be "
                                     "written",
                                     what, folder.string(), std::strerror(errno), variable));
    // /var/tmp is open to all users: a folder of this name that belongs to another user is not safe
    // for servers.
    if (!S_ISDIR(info.st_mode) || info.st_uid != geteuid() || (info.st_mode & S_IWOTH) != 0)
        throw UsageError(fmt::format("the {} {} is not a folder of this user alone; set {} to one",
                                     what, folder.string(), variable));
    return fs::canonical(folder);
}

std::string ClusterState::password() const {
    auto line = read_file(pass_file());
    if (line.ends_with('\n')) line.pop_back();
    return line.substr(line.rfind(':') + 1);
}

const Node* ClusterState::find(std::string_view name) const {
    for (const auto& node : nodes)
        if (node.name == name) return &node;
    return nullptr;
}

const Node& ClusterState::at(std::string_view name) const {
    if (const auto* node = find(node_of_target(name))) return *node;
    throw UsageError(
        fmt::format("{}: no such node; the cluster has {}", name, fmt::join(names(), ", ")));
}

std::vector<fs::path> ClusterState::process_dirs(const std::vector<std::string>& chosen) const {
    std::vector<fs::path> directories;
    for (const auto& name : chosen) {
        const auto& node = at(name);
        directories.push_back(run_dir(node));
        if (name == node.name && data_dir(name) != directories.back())
            directories.push_back(data_dir(name));
    }
    return directories;
}

std::vector<std::string> ClusterState::names() const {
    std::vector<std::string> all;
    for (const auto& node : nodes) all.push_back(node.name);
    return all;
}

std::vector<Node> ClusterState::databases(Role role) const {
    std::vector<Node> chosen;
    for (const auto& node : nodes)
        if (node.role == role && node.holds_data()) chosen.push_back(node);
    return chosen;
}

std::vector<Node> ClusterState::set_up_entries(std::size_t cluster) const {
    const auto balancer = std::find_if(
        nodes.begin(), nodes.end(), [](const Node& node) { return node.role == Role::balancer; });
    auto all = coordinators();
    std::erase_if(all, [&](const Node& node) { return node.cluster != cluster; });
    if (balancer != nodes.end() && all.front().kind == NodeKind::patroni) return {*balancer};
    return all;
}

std::vector<Node> ClusterState::shard_holders(std::size_t cluster) const {
    std::vector<Node> holders;
    for (const auto& worker : databases(Role::worker)) {
        if (worker.cluster != cluster) continue;
        if (worker.kind != NodeKind::patroni) {
            holders.push_back(worker);
            continue;
        }
        const auto group = static_cast<std::size_t>(worker.group);
        if (group <= holders.size()) continue; // a further member
        holders.push_back(worker);
        for (const auto& node : nodes)
            if (node.role == Role::balancer &&
                more_port::haproxy_group(group) < node.more_ports.size())
                holders.back().port = node.more_ports.at(more_port::haproxy_group(group));
    }
    return holders;
}

std::string ClusterState::conninfo(const Node& node, std::string_view database) const {
    if (!connection.empty())
        return pg::Conninfo::parse(connection).at(node.host, std::to_string(node.port)).to_string();
    // A PGPASSWORD of the caller's would win over the password file; an empty one here stops it.
    const char* password = std::getenv("PGPASSWORD") ? " password=''" : "";
    return fmt::format("host={} port={} dbname={} user={}{} passfile={} sslmode=disable "
                       "gssencmode=disable",
                       node.host, node.port, database, database_user, password,
                       conninfo_value(pass_file().string()));
}

std::string ClusterState::server_conninfo(const Node& node, std::string_view database) const {
    auto server = node;
    server.port = node.server_port;
    return conninfo(server, database);
}

std::string ClusterState::console_conninfo(const Node& node) const {
    auto console = pg::Conninfo::parse(conninfo(node));
    console.set("dbname", "pgbouncer"); // which it makes up
    return console.to_string();
}

void ClusterState::save() const {
    const auto file = folder / "state.json";
    const auto temporary = folder / "state.json.new";
    {
        std::ofstream out(temporary);
        out << to_json(*this).dump(2) << '\n';
        out.flush();
        if (!out) throw RunError(fmt::format("cannot write {}", temporary.string()));
    }
    fs::rename(temporary, file);
}

bool ClusterState::is_kept_by_another_version(const fs::path& folder) {
    const auto root = json::parse(read_file(folder / "state.json"), nullptr, false);
    return is_of_another_version(root) && root.value("kept", true);
}

std::optional<ClusterState> ClusterState::load(const fs::path& folder) {
    const auto root = json::parse(read_file(folder / "state.json"), nullptr, false);
    if (root.is_discarded() || is_of_another_version(root)) return std::nullopt;
    try {
        return from_json(root, folder);
    } catch (const json::exception&) {
        return std::nullopt;
    }
}

} // namespace citusbench
