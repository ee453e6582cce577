#include "observe/monitored_cluster.hpp"

#include <fmt/format.h>

#include "cluster/cluster.hpp"
#include "core/embedded_files.hpp"
#include "core/error.hpp"
#include "deployment/engine_info.hpp"
#include "observe/cluster_status.hpp"
#include "pg/client.hpp"
#include "pg/conninfo.hpp"

namespace citusbench {

const MonitoredNode* MonitoredCluster::first_coordinator(std::size_t cluster) const {
    const MonitoredNode* first = nullptr;
    for (const auto& each : nodes) {
        const auto& node = each.node;
        if (each.conninfo.empty() || node.cluster != cluster) continue;
        if (node.is_entry) return &each;
        if (first == nullptr && node.role == Role::coordinator) first = &each;
    }
    return first;
}

std::string MonitoredCluster::name_at(std::string_view host, std::string_view port) const {
    for (const auto& each : nodes)
        if ((each.node.host == host || each.node.inner_host == host) &&
            std::to_string(each.node.port) == port)
            return each.node.name;
    auto address = fmt::format("{}:{}", host, port);
    for (const auto& alias : aliases)
        if (alias.address == address) return alias.node;
    return address;
}

MonitoredCluster monitored_cluster(const Cluster& cluster) {
    MonitoredCluster observed;
    observed.engine = cluster.spec().engine;
    observed.replication = cluster.spec().replication;
    for (const auto& node : cluster.nodes()) {
        auto& each = observed.nodes.emplace_back();
        each.node = node;
        if (node.holds_data()) each.conninfo = cluster.conninfo(node);
        if (node.kind == NodeKind::pgbouncer)
            each.console = cluster.layout().console_conninfo(node);
    }
    for (std::size_t part = 0; part < static_cast<std::size_t>(cluster.spec().clusters); ++part)
        for (const auto& holder : cluster.layout().shard_holders(part))
            observed.aliases.push_back(
                {fmt::format("{}:{}", holder.host, holder.port), holder.name});
    return observed;
}

namespace {

MonitoredNode node_at(const pg::Conninfo& entry, std::string name, std::string host,
                      std::string port) {
    MonitoredNode node;
    node.node.name = std::move(name);
    node.node.port = static_cast<std::uint16_t>(std::stoi(port));
    node.node.host = host;
    node.conninfo = entry.at(std::move(host), std::move(port)).to_string();
    return node;
}

/// The coordinator under the name that Citus has for it. Perhaps only the nodes know this name, so
/// the address that has worked stays.
void name_coordinator(MonitoredCluster& cluster, const std::string& host, const std::string& port) {
    auto& node = cluster.nodes.front().node;
    cluster.aliases.push_back({fmt::format("{}:{}", host, port), node.name});
    if (std::to_string(node.port) == port) node.inner_host = host;
    if (!node.host.starts_with('/')) return; // a socket's folder
    node.host = host;
    node.port = static_cast<std::uint16_t>(std::stoi(port));
}

} // namespace

MonitoredCluster discover(const std::string& dsn) {
    const StopFlag no_stop;
    pg::Client client(dsn, no_stop);
    auto entry = pg::Conninfo::parse(dsn);
    entry.set("host", PQhost(client.get()));
    entry.set("port", PQport(client.get()));
    // libpq must not wait for a name server later on.
    if (const char* address = PQhostaddr(client.get()); address && *address)
        entry.set("hostaddr", address);
    entry.set("dbname", PQdb(client.get()));
    const auto info = query_engine(client);
    MonitoredCluster cluster;
    cluster.engine = info.engine;
    cluster.replication = info.replication;
    MonitoredNode first;
    first.node.name = cluster.engine == Engine::postgres ? "server" : "coordinator";
    first.node.role = Role::coordinator;
    first.node.is_entry = true;
    first.node.host = entry.get("host");
    first.node.port = static_cast<std::uint16_t>(std::stoi(entry.get("port")));
    first.conninfo = entry.to_string();
    cluster.nodes.push_back(std::move(first));
    if (cluster.engine == Engine::postgres) return cluster;
    const auto nodes = client.query(std::string(sql_text(
        cluster.engine == Engine::citus ? "status/citus_nodes.sql" : "status/fdw_nodes.sql")));
    int workers = 0;
    for (int row = 0; row < nodes.rows(); ++row) {
        const std::string host(nodes.text(row, 0));
        const std::string port(nodes.text(row, 1));
        if (nodes.text(row, 2) == "t") {
            name_coordinator(cluster, host, port);
        } else {
            cluster.nodes.push_back(
                node_at(entry, "worker" + std::to_string(++workers), host, port));
        }
    }
    return cluster;
}

} // namespace citusbench
