#include "cluster/server_settings.hpp"

#include <fmt/format.h>

namespace citusbench {
/// A client that gives up on a stuck node leaves its back end behind until the node is back, and
/// opens another: several per connection of the load, besides those between the nodes.
int max_connections(const ClusterSpec& spec) {
    constexpr int base = 200;
    constexpr int per_connection = 4;
    return base + per_connection * spec.connections;
}

namespace {

std::string citus_settings(const ClusterSpec& spec) {
    return fmt::format("shared_preload_libraries = 'citus'\n"
                       "wal_level = logical\n"
                       "max_prepared_transactions = {}\n"
                       "citus.shard_replication_factor = {}\n"
                       "citus.shard_count = {}\n"
                       "citus.local_hostname = '127.0.0.1'\n"
                       "citus.node_conninfo = 'sslmode=disable'\n",
                       max_connections(spec), spec.replication, spec.shards);
}

/// Foreign partitions: let a join or an aggregate of partitions run where they lie.
constexpr const char* fdw_settings = "enable_partitionwise_join = on\n"
                                     "enable_partitionwise_aggregate = on\n";

} // namespace

std::string server_settings(const ClusterState& state, const Node& node) {
    auto text = fmt::format("listen_addresses = '{}'\n"
                            "port = {}\n"
                            "unix_socket_directories = ''\n"
                            "cluster_name = '{}'\n"
                            "max_connections = {}\n"
                            "shared_buffers = 128MB\n"
                            "fsync = on\n"
                            "synchronous_commit = on\n"
                            "full_page_writes = on\n"
                            "autovacuum = on\n"
                            "jit = off\n"
                            "ssl = off\n"
                            "timezone = 'UTC'\n"
                            "log_timezone = 'UTC'\n"
                            "logging_collector = off\n"
                            "log_line_prefix = '%m [%p] '\n",
                            node.host, node.server_port, node.name, max_connections(state.spec));
    // A crashed server first syncs its whole data directory: a system call for it, or one for each
    // of 1,400 files, which took 4 s of every recovery.
    if (state.postgres.major >= 14) text += "recovery_init_sync_method = syncfs\n";
    // A standby would else wait for 5 s before it asks a new leader for what it lacks.
    if (node.kind == NodeKind::patroni) text += "wal_retrieve_retry_interval = 200ms\n";
    if (state.spec.engine == Engine::citus) text += citus_settings(state.spec);
    if (state.spec.engine == Engine::fdw && node.role == Role::coordinator) text += fdw_settings;
    return text;
}

std::string access_rules() {
    return "host all all 127.0.0.1/32 md5\nhost replication all 127.0.0.1/32 md5\n";
}

} // namespace citusbench
