#include "target/run_target.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cluster/compose/compose_cluster.hpp"
#include "cluster/local/local_cluster.hpp"
#include "cluster/manifest/manifest_cluster.hpp"
#include "core/embedded_files.hpp"
#include "deployment/engine_info.hpp"
#include "pg/client.hpp"
#include "pg/hosts.hpp"
#include "topology/target_name.hpp"

namespace citusbench {
namespace {

/// The settings that a connection really used, with the addresses that its host names resolve to.
pg::Conninfo resolved(const pg::Client& client, const std::string& dsn) {
    auto conninfo = pg::Conninfo::parse(dsn);
    const auto used = pg::Conninfo::of(client.get());
    if (used.names_several_hosts()) {
        conninfo.set("target_session_attrs", used.get("target_session_attrs"));
        pg::set_hosts(conninfo, pg::resolved_hosts(used));
    } else {
        const char* address = PQhostaddr(client.get());
        if (address != nullptr && *address != 0) conninfo.set("hostaddr", address);
        conninfo.set("host", PQhost(client.get()));
        conninfo.set("port", PQport(client.get()));
    }
    conninfo.set("dbname", PQdb(client.get()));
    conninfo.set("application_name", "citusbench");
    conninfo.set("client_encoding", "UTF8"); // whatever PGCLIENTENCODING says
    return conninfo;
}

EntryPoint make_entry(std::string name, const pg::Conninfo& conninfo) {
    EntryPoint entry{std::move(name), conninfo};
    if (conninfo.names_several_hosts()) entry.host_rotations = pg::host_rotations(conninfo);
    return entry;
}

bool offers_extension(pg::Client& client, const std::string& name) {
    const auto result = client.query(fmt::format(
        "select 1 from pg_available_extensions where name = {}", pg::quote_literal(name)));
    return result.rows() > 0;
}

void require_extensions(pg::Client& client, const Plan& plan, const std::string& where) {
    for (const auto& extension : plan.workload->extensions()) {
        if (offers_extension(client, extension)) continue;
        throw UsageError(fmt::format("--workload {}: the server at {} has no extension {}; install "
                                     "it there (Debian: package "
                                     "postgresql-{}-postgis-3), or use --workload chat",
                                     plan.workload->name(), where, extension,
                                     PQserverVersion(client.get()) / 10000));
    }
}

/// With a disabled placement or node, Citus commits a replicated insert in one phase.
bool every_copy_is_active(const DeploymentSpec& deployment, const StopFlag& stop) {
    pg::Client client(deployment.entry_conninfo, stop);
    return client.query(std::string(sql_text("marker/inactive.sql"))).integer(0, 0) == 0;
}

} // namespace

namespace {

pg::CommitProtocol protocol_of_one(const DeploymentSpec& deployment, const StopFlag& stop) {
    switch (deployment.engine) {
    case Engine::citus:
        return deployment.replication > 1 && every_copy_is_active(deployment, stop)
                   ? pg::CommitProtocol::two_phase
                   : pg::CommitProtocol::one_phase;
    case Engine::fdw:
        return pg::CommitProtocol::one_phase;
    case Engine::postgres:
        return pg::CommitProtocol::local;
    }
    return pg::CommitProtocol::one_phase;
}

} // namespace

pg::CommitProtocol protocol_of(const RunTarget& target, const StopFlag& stop) {
    const auto protocol = protocol_of_one(target.deployment, stop);
    for (const auto& further : target.further)
        if (protocol_of_one(further, stop) != protocol) return pg::CommitProtocol::one_phase;
    return protocol;
}

namespace {

/// What kind of cluster stands behind an entry point that citusbench did not start.
void describe_engine(pg::Client& client, const Plan& plan, DeploymentSpec& deployment) {
    const auto info = query_engine(client);
    deployment.engine = info.engine;
    // Existing partitions are never loaded again from here (target/schema), so their number stays.
    deployment.shards = info.engine == Engine::fdw ? info.shards : plan.shards;
    deployment.replication = 1;
    if (deployment.engine == Engine::citus)
        deployment.replication = plan.replication.value_or(info.replication);
}

/// A HAProxy may lead to standbys at a port of their own.
bool takes_queries_at(const Node& node, const std::string& port) {
    if (std::to_string(node.port) == port) return true;
    return node.kind == NodeKind::haproxy && node.more_ports.size() > more_port::haproxy_replicas &&
           std::to_string(node.more_ports[more_port::haproxy_replicas]) == port;
}

/// The node of the kept cluster that the user named, if it is one.
const Node* node_at(const Cluster& kept, const pg::Conninfo& conninfo) {
    const auto address = conninfo.get("hostaddr");
    for (const auto& node : kept.nodes()) {
        const auto own = pg::Conninfo::parse(kept.conninfo(node));
        if (takes_queries_at(node, conninfo.get("port")) && node.host == address &&
            own.get("dbname") == conninfo.get("dbname"))
            return &node;
    }
    return nullptr;
}

/// The cluster behind an entry point: the kept cluster, if the entry point is one of its nodes.
DeploymentSpec detect_deployment(pg::Client& client, const Plan& plan, const pg::Conninfo& conninfo,
                                 const Cluster* kept) {
    DeploymentSpec deployment;
    const auto* node = kept ? node_at(*kept, conninfo) : nullptr;
    // In a known cluster it is the coordinator, whichever entry the load uses.
    if (node) return deployment_spec(*kept, node->cluster);
    describe_engine(client, plan, deployment);
    deployment.entry_conninfo = conninfo.to_string();
    return deployment;
}

/// Checks that the --dsn name the expected clusters.
void check_clusters(const Plan& plan, const RunTarget& target, const Cluster* kept) {
    std::set<std::size_t> seen;
    std::size_t place = 0;
    for (const auto& entry : target.entries) {
        const auto* node = kept ? node_at(*kept, entry.conninfo) : nullptr;
        if (node) seen.insert(node->cluster);
        if (plan.route == Route::hash && node && kept->spec().clusters > 1 &&
            (node->cluster != place ||
             static_cast<std::size_t>(kept->spec().clusters) != target.entries.size()))
            throw UsageError(fmt::format(
                "--route hash: the kept cluster is {} clusters; name the entry point of each with "
                "a --dsn, in the order of the clusters (citusbench cluster status)",
                kept->spec().clusters));
        ++place;
    }
    if (plan.route != Route::hash && seen.size() > 1)
        throw UsageError("--dsn: they are entry points of different clusters, which hold different "
                         "rows; add --route hash, or name those of one cluster");
    for (const auto& other : target.further)
        if (other.engine != target.deployment.engine ||
            other.replication != target.deployment.replication)
            throw UsageError(fmt::format(
                "--route hash: one cluster is {} with replication {}, another one {} with "
                "replication {}; name clusters of one kind",
                name_of(target.deployment.engine), target.deployment.replication,
                name_of(other.engine), other.replication));
}

/// Entries are told apart by their addresses, or also by their databases; two that are the same, or
/// databases that would have to hold the same rows, are a mistake.
void name_entries(const Plan& plan, RunTarget& target) {
    for (std::size_t i = 0; i < target.entries.size(); ++i)
        for (std::size_t j = i + 1; j < target.entries.size(); ++j) {
            auto& one = target.entries[i];
            auto& other = target.entries[j];
            if (one.conninfo.address() != other.conninfo.address()) continue;
            const auto database = one.conninfo.get("dbname");
            if (database == other.conninfo.get("dbname"))
                throw UsageError(fmt::format("--dsn: database {} at {} is given twice; leave one "
                                             "out",
                                             database, one.conninfo.address()));
            if (plan.route != Route::hash)
                throw UsageError(fmt::format(
                    "--dsn: {} and {} at {} are different databases, which hold different rows; "
                    "add --route hash, or name one of them",
                    database, other.conninfo.get("dbname"), one.conninfo.address()));
        }
    std::set<std::string> names;
    bool twice = false;
    for (const auto& entry : target.entries) twice |= !names.insert(entry.name).second;
    if (!twice) return;
    for (auto& entry : target.entries)
        entry.name = fmt::format("{}/{}", entry.conninfo.address(), entry.conninfo.get("dbname"));
}

/// Of entry point number `number`.
std::string entry_name(const Manifest& manifest, std::size_t number) {
    for (const auto& [node, control] : manifest.nodes)
        if (node.is_entry && number-- == 0) return node.name;
    return {};
}

RunTarget open_existing(const Plan& plan, const StopFlag& stop) {
    // It outlives the run, so its nodes are healed after Ctrl-C, too.
    static const StopFlag never_stop;
    RunTarget target;
    if (plan.manifest) target.cluster = ManifestCluster::open(*plan.manifest, never_stop);
    auto kept = plan.manifest ? nullptr : LocalCluster::open_kept(never_stop);
    for (std::size_t i = 0; i < plan.dsns.size(); ++i) {
        pg::Client client(plan.dsns[i], stop);
        const auto conninfo = resolved(client, plan.dsns[i]);
        require_extensions(client, plan, conninfo.address());
        if (i == 0)
            target.deployment = detect_deployment(client, plan, conninfo, kept.get());
        else if (plan.route == Route::hash)
            target.further.push_back(detect_deployment(client, plan, conninfo, kept.get()));
        target.entries.push_back(make_entry(
            plan.manifest ? entry_name(*plan.manifest, i) : conninfo.address(), conninfo));
    }
    if (!plan.manifest) name_entries(plan, target);
    check_clusters(plan, target, kept.get());
    if (kept && node_at(*kept, target.entries.front().conninfo)) {
        target.cluster = std::move(kept);
        target.ours = true;
    }
    if (!plan.faults.empty() && !target.cluster)
        throw UsageError(fmt::format("--{} {}: the kept cluster is not the one behind --dsn {}; "
                                     "name its entry point (citusbench cluster status)",
                                     plan.faults.front().option,
                                     fmt::join(plan.faults.front().nodes, ","),
                                     target.entries.front().name));
    return target;
}

void start_cluster(const Plan& plan, const StopFlag& stop, const StatusSink& report_status,
                   RunTarget& target) {
    const Cluster::Log log = [&](std::string_view line) { report_status(line, true); };
    if (plan.cluster->runtime == Runtime::compose) {
        // Containers that ran already outlive the run, so they are healed after Ctrl-C, too.
        auto containers = ComposeCluster::start(*plan.cluster, stop, log);
        target.own = containers->is_own();
        target.ours = true; // its compose.yml is citusbench's, whoever started it
        target.cluster = std::move(containers);
    } else {
        target.own = target.ours = true;
        target.cluster = LocalCluster::start(*plan.cluster, *plan.postgres, stop, log);
    }
}

RunTarget start_own(const Plan& plan, const StopFlag& stop, const StatusSink& report_status) {
    RunTarget target;
    start_cluster(plan, stop, report_status, target);
    for (const auto& node : target.cluster->nodes()) {
        if (!node.is_entry) continue;
        const auto dsn = target.cluster->conninfo(node);
        const pg::Client client(dsn, stop);
        target.entries.push_back(make_entry(node.name, resolved(client, dsn)));
    }
    target.deployment = deployment_spec(*target.cluster);
    for (int part = 1; part < plan.cluster->clusters; ++part)
        target.further.push_back(deployment_spec(*target.cluster, static_cast<std::size_t>(part)));
    return target;
}

} // namespace

RunTarget open_target(const Plan& plan, const StopFlag& stop, const StatusSink& report_status) {
    auto target = plan.cluster ? start_own(plan, stop, report_status) : open_existing(plan, stop);
    for (std::size_t i = 0; i < std::min(plan.entry_weights.size(), target.entries.size()); ++i)
        target.entries[i].weight = plan.entry_weights[i];
    return target;
}

} // namespace citusbench
