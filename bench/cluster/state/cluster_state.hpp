#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cluster/state/local_postgres.hpp"
#include "topology/node.hpp"
#include "topology/topology.hpp"

namespace citusbench {

/// The folder with a folder per cluster: CITUSBENCH_STATE, else /var/tmp/citusbench-<uid>.
/// Made if it is not there; throws UsageError if it belongs to somebody else.
std::filesystem::path state_root();
/// Without making it.
bool state_root_exists();
/// Makes a folder of this user that servers may pass through and other users may not list. Throws
/// UsageError, which calls it `what` and names the environment variable that moves it, if it cannot
/// be made or belongs to somebody else.
std::filesystem::path own_folder(const std::filesystem::path& folder, std::string_view what,
                                 std::string_view variable);

/// What is known of a cluster, as it stands in its state.json. Layout of a cluster's folder:
/// owner.lock, state.json, server/ (of the server user) with pgpass and, for each node, its data
/// directory <node> (of a node without data: its configuration) and its log <node>.log; Patroni
/// runs in <node>.patroni.
struct ClusterState {
    std::filesystem::path folder;
    ClusterSpec spec;
    LocalPostgres postgres;
    std::vector<Node> nodes;
    bool kept = false;
    /// Settings of libpq for every node of a cluster that citusbench did not start; else empty.
    std::string connection;

    std::filesystem::path server_folder() const { return folder / "server"; }
    std::filesystem::path data_dir(const std::string& node) const { return server_folder() / node; }
    /// Where the node's service runs: its data directory, or that of its Patroni.
    std::filesystem::path run_dir(const Node& node) const {
        return data_dir(node.kind == NodeKind::patroni ? node.name + ".patroni" : node.name);
    }
    std::filesystem::path log_file(const std::string& node) const {
        return server_folder() / (node + ".log");
    }
    std::filesystem::path pass_file() const { return server_folder() / "pgpass"; }
    std::filesystem::path lock_file() const { return folder / "owner.lock"; }

    /// What stands in pass_file().
    std::string password() const;

    const Node* find(std::string_view name) const;
    /// Also of the node that a process such as "patroni@coordinator2" belongs to. Throws UsageError
    /// that lists the names.
    const Node& at(std::string_view name) const;
    /// Working directories by which the processes of nodes are known.
    std::vector<std::filesystem::path> process_dirs(const std::vector<std::string>& chosen) const;
    std::vector<std::string> names() const;
    /// Those that hold data and have this role.
    std::vector<Node> databases(Role role) const;
    std::vector<Node> coordinators() const { return databases(Role::coordinator); }
    /// The nodes through which tables are set up: each coordinator, or under Patroni the balancer
    /// in front, which knows the leader.
    std::vector<Node> set_up_entries(std::size_t cluster = 0) const;
    /// What holds shards, under the address that outlives a failover: workers, or the balancer's
    /// ports to the leaders of Patroni's groups of them, with the names of their first members.
    std::vector<Node> shard_holders(std::size_t cluster = 0) const;
    /// To the database `citusbench`, or another one.
    std::string conninfo(const Node& node, std::string_view database = "citusbench") const;
    /// The same without its proxy: for health checks of the server itself.
    std::string server_conninfo(const Node& node, std::string_view database = "citusbench") const;

    /// To a pooler's admin console.
    std::string console_conninfo(const Node& node) const;

    /// Writes state.json so that a reader sees the old or the new one, never a half.
    void save() const;
    /// Nothing if the folder holds no readable state.json (its maker died early). Throws UsageError
    /// with file, field and value where it names a role, kind, engine or pooling that is unknown.
    static std::optional<ClusterState> load(const std::filesystem::path& folder);
    /// True if another version of citusbench wrote the state and the cluster is to stay.
    static bool is_kept_by_another_version(const std::filesystem::path& folder);
};

/// The user name of every cluster's superuser.
inline constexpr std::string_view database_user = "citusbench";

} // namespace citusbench
