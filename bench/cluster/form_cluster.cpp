#include "cluster/form_cluster.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/time.hpp"
#include "pg/client.hpp"
#include "pg/sql_template.hpp"

namespace citusbench {
namespace {

void query_for(pg::Client& client, const char* statement, const Node& node) {
    client.query(cluster_sql(
        statement, {{"host", pg::quote_literal(node.host)}, {"port", std::to_string(node.port)}}));
}

/// All nodes are copies of one template, and Citus regards a node with its own server id as itself.
/// So each gets a new id; members of a group share one.
void give_server_ids(const ClusterState& state, const std::vector<Node>& entries,
                     const std::vector<Node>& workers, const StopFlag& stop) {
    for (const auto* servers : {&entries, &workers})
        for (const auto& node : *servers)
            pg::Client(state.conninfo(node), stop).query(cluster_sql("citus_new_server_id"));
}

void await_groups(pg::Client& client, std::size_t workers, const StopFlag& stop) {
    constexpr auto metadata_timeout = std::chrono::seconds(60);
    const auto deadline = now_ticks() + to_ticks(metadata_timeout);
    while (client.query(cluster_sql("citus_count_primaries")).integer(0, 0) !=
           static_cast<std::int64_t>(workers) + 1) {
        if (now_ticks() > deadline)
            throw RunError(fmt::format("Patroni did not register the leaders of all {} groups "
                                       "within {} s",
                                       workers + 1, metadata_timeout.count()));
        stop.check();
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

/// The coordinators of one cluster with its workers.
void form_one_cluster(const ClusterState& state, std::size_t cluster, const StopFlag& stop) {
    const auto entries = state.set_up_entries(cluster);
    const auto workers = state.shard_holders(cluster);
    give_server_ids(state, entries, workers, stop);
    pg::Client client(state.conninfo(entries.front()), stop);
    const bool has_patroni = state.nodes.front().kind == NodeKind::patroni;
    // Patroni registers the leaders of its groups itself, and again after each failover.
    if (!has_patroni) query_for(client, "citus_coordinator", entries.front());
    for (const auto& worker : workers)
        if (worker.kind != NodeKind::patroni) query_for(client, "citus_add_worker", worker);
    if (has_patroni) await_groups(client, workers.size(), stop);
    // Any node with metadata takes queries; those that hold no shards are coordinators to clients.
    for (std::size_t i = 1; i < entries.size(); ++i) {
        query_for(client, "citus_add_worker", entries[i]);
        query_for(client, "citus_holds_no_shards", entries[i]);
    }
    if (workers.empty()) query_for(client, "citus_holds_shards", entries.front());
}

} // namespace

void form_cluster_citus(const ClusterState& state, const StopFlag& stop) {
    for (std::size_t cluster = 0; cluster < static_cast<std::size_t>(state.spec.clusters);
         ++cluster)
        form_one_cluster(state, cluster, stop);
}

void make_fdw_server(pg::Client& coordinator, const Node& worker, const ClusterState& state) {
    // Functions of PostGIS run on the worker only if it is named as an extension both sides have.
    std::string options = state.postgres.has_postgis ? ", extensions 'postgis'" : "";
    if (state.postgres.major >= 15) options += ", parallel_commit 'true'";
    // Patroni starts servers without our environment, which names this file.
    options += ", passfile " + pg::quote_literal(state.pass_file().string());
    coordinator.query(
        cluster_sql("fdw_server", {{"server", pg::quote_identifier(worker.name)},
                                   {"host", pg::quote_literal(worker.host)},
                                   {"port", pg::quote_literal(std::to_string(worker.port))},
                                   {"user", pg::quote_literal(database_user)},
                                   {"options", options}}));
}

void form_cluster_fdw(const ClusterState& state, const StopFlag& stop) {
    std::vector<Node> coordinators;
    for (std::size_t cluster = 0; cluster < static_cast<std::size_t>(state.spec.clusters);
         ++cluster)
        for (const auto& entry : state.set_up_entries(cluster)) coordinators.push_back(entry);
    for (const auto& coordinator : coordinators) {
        pg::Client client(state.conninfo(coordinator), stop);
        for (const auto& node : state.shard_holders(coordinator.cluster))
            make_fdw_server(client, node, state);
    }
}

} // namespace citusbench
