#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cluster/local_postgres.hpp"
#include "cluster/node.hpp"
#include "cluster/topology.hpp"

namespace citusbench {

/// The folder with a folder per cluster: CITUSBENCH_STATE, else /var/tmp/citusbench-<uid>.
/// Made if it is not there; throws UsageError if it belongs to somebody else.
std::filesystem::path state_root();
/// Without making it.
bool state_root_exists();

/// What is known of a cluster, as it stands in its state.json. Layout of a cluster's folder:
/// owner.lock, state.json, server/ (of the server user) with pgpass and, for each node, its data
/// directory <node> and its log <node>.log.
struct ClusterState {
    std::filesystem::path folder;
    ClusterSpec spec;
    LocalPostgres postgres;
    std::vector<Node> nodes;
    bool kept = false;

    std::filesystem::path server_folder() const { return folder / "server"; }
    std::filesystem::path data_dir(const std::string& node) const { return server_folder() / node; }
    std::filesystem::path log_file(const std::string& node) const {
        return server_folder() / (node + ".log");
    }
    std::filesystem::path pass_file() const { return server_folder() / "pgpass"; }
    std::filesystem::path lock_file() const { return folder / "owner.lock"; }

    const Node* find(std::string_view name) const;
    /// Throws UsageError that lists the names.
    const Node& at(std::string_view name) const;
    std::vector<std::filesystem::path> data_dirs(const std::vector<std::string>& chosen) const;
    std::vector<std::string> names() const;
    /// To the database `citusbench`, or another one.
    std::string conninfo(const Node& node, std::string_view database = "citusbench") const;
    /// The same past its proxy: to know whether the server is well, whatever is on the way to it.
    std::string server_conninfo(const Node& node, std::string_view database = "citusbench") const;

    /// Writes state.json so that a reader sees the old or the new one, never a half.
    void save() const;
    /// Nothing if the folder holds no readable state.json (its maker died early).
    static std::optional<ClusterState> load(const std::filesystem::path& folder);
};

/// The user name of every cluster's superuser.
inline constexpr std::string_view database_user = "citusbench";

} // namespace citusbench
