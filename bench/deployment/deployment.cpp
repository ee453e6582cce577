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

namespace {

std::string address_of(const pg::Client& client) {
    return fmt::format("{} port {}", PQhost(client.get()), PQport(client.get()));
}

void check_rights(pg::Client& client) {
    const auto rights = client.query(cluster_sql("rights"));
    if (rights.text(0, 0) != "t")
        throw UsageError(fmt::format(
            "--dsn: role {} may not create a schema in database {} at {}; grant it (grant create "
            "on database {} to {}), or name another role or database",
            rights.text(0, 1), rights.text(0, 2), address_of(client), rights.text(0, 2),
            rights.text(0, 1)));
    if (rights.text(0, 3) == "f")
        throw UsageError(fmt::format("--dsn: the schema citusbench at {} belongs to another role "
                                     "than {}; log in as that one, or name another database",
                                     address_of(client), rights.text(0, 1)));
}

void check_dependents(pg::Client& client) {
    const auto outside = client.query(cluster_sql("dependents"));
    if (outside.rows() == 0) return;
    std::string names;
    for (int row = 0; row < outside.rows(); ++row)
        names += fmt::format("{}{}", row > 0 ? ", " : "", outside.text(row, 0));
    throw UsageError(fmt::format("--init: loading would drop what depends on the schema citusbench "
                                 "at {} from outside: {}; drop that yourself first",
                                 address_of(client), names));
}

/// An extension of a database is nobody's data, so it is made before anything is dropped.
void create_extension(pg::Client& client, const std::string& extension) {
    try {
        client.query(
            cluster_sql("create_extension", {{"extension", pg::quote_identifier(extension)}}));
    } catch (const pg::ServerError& error) {
        throw UsageError(fmt::format("--workload: extension {} cannot be created at {}: {}; let a "
                                     "superuser create it there",
                                     extension, address_of(client), error.what()));
    }
    const auto place = client.query(cluster_sql("extension_place"), {extension});
    if (place.rows() == 0 || place.text(0, 1) == "t") return;
    throw UsageError(fmt::format(
        "--workload: extension {} at {} is in the schema {}, which is not searched; let the role "
        "find it (alter role … set search_path = public, {}), or name it in --dsn "
        "(options='-c search_path=public,{}')",
        extension, address_of(client), place.text(0, 0), place.text(0, 0), place.text(0, 0)));
}

} // namespace

void check_schema_can_be_made(pg::Client& client, const std::vector<std::string>& extensions) {
    check_extensions(client, extensions);
    check_rights(client);
    check_dependents(client);
    for (const auto& extension : extensions) create_extension(client, extension);
}

void create_schema(pg::Client& client, const std::vector<std::string>& extensions) {
    for (const auto& extension : extensions) create_extension(client, extension);
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
