#include "deployment/deployment.hpp"

#include <fmt/format.h>

#include "cluster/cluster.hpp"
#include "deployment/deployment_steps.hpp"
#include "pg/sql_template.hpp"

namespace citusbench {

DeploymentSpec deployment_spec(const Cluster& cluster, std::size_t part) {
    DeploymentSpec spec;
    spec.engine = cluster.spec().engine;
    spec.replication = cluster.spec().replication;
    spec.shards = cluster.spec().shards;
    for (const auto& node : cluster.layout().set_up_entries(part)) {
        if (spec.entry_conninfo.empty())
            spec.entry_conninfo = cluster.conninfo(node);
        else
            spec.more_coordinators.push_back(cluster.conninfo(node));
    }
    spec.workers = cluster.layout().shard_holders(part);
    for (const auto& worker : spec.workers)
        spec.worker_conninfos.push_back(cluster.conninfo(worker));
    return spec;
}

std::unique_ptr<Deployment> make_deployment(const DeploymentSpec& spec, const StopFlag& stop) {
    switch (spec.engine) {
    case Engine::citus:
        return make_citus_deployment(spec, stop);
    case Engine::fdw:
        return make_fdw_deployment(spec, stop);
    case Engine::postgres:
        break;
    }
    return make_postgres_deployment(spec, stop);
}

std::string qualified(const std::string& table) {
    return "citusbench." + pg::quote_identifier(table);
}

void commit_without_waiting(pg::Client& client) {
    client.query(cluster_sql("commit_without_waiting"));
}

void check_extensions(pg::Client& client, const std::vector<std::string>& extensions) {
    for (const auto& extension : extensions) {
        if (client.query(cluster_sql("extension_available"), {extension}).rows() > 0) continue;
        const int major = PQserverVersion(client.get()) / 10'000;
        throw UsageError(fmt::format(
            "the server at {} port {} has no extension {}; install its package there (Debian and "
            "Ubuntu: postgresql-{}-{})",
            PQhost(client.get()), PQport(client.get()), extension, major,
            extension == "postgis" ? "postgis-3" : extension));
    }
}

void create_schema(pg::Client& client, const std::vector<std::string>& extensions) {
    for (const auto& extension : extensions)
        client.query(
            cluster_sql("create_extension", {{"extension", pg::quote_identifier(extension)}}));
    client.query(cluster_sql("create_schema"));
}

void create_table(pg::Client& client, const pg::TableSpec& table, const std::string& name) {
    client.query(pg::for_table(table.create_sql, name));
}

void create_indexes(pg::Client& client, const pg::TableSpec& table, const std::string& name) {
    for (const auto& sql : table.index_sql) client.query(pg::for_table(sql, name));
    client.query(cluster_sql("vacuum_table", {{"table", name}}));
}

} // namespace citusbench
