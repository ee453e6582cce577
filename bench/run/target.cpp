#include "run/target.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cluster/compose_cluster.hpp"
#include "cluster/local_cluster.hpp"
#include "core/sql_text.hpp"
#include "pg/client.hpp"

namespace citusbench {
namespace {

/// The settings that a connection really used, with the address that its host name resolved to.
pg::Conninfo resolved(const pg::Client& client, const std::string& dsn) {
    auto conninfo = pg::Conninfo::parse(dsn);
    const auto host = conninfo.get("host");
    const bool several = host.find(',') != std::string::npos ||
                         conninfo.get("hostaddr").find(',') != std::string::npos;
    const char* address = PQhostaddr(client.get());
    if (!several) {
        if (address != nullptr && *address != 0) conninfo.set("hostaddr", address);
        conninfo.set("host", PQhost(client.get()));
        conninfo.set("port", PQport(client.get()));
    }
    conninfo.set("dbname", PQdb(client.get()));
    conninfo.set("application_name", "citusbench");
    return conninfo;
}

bool has_extension(pg::Client& client, const std::string& name, const char* catalog) {
    const auto* column = std::string_view(catalog) == "pg_extension" ? "extname" : "name";
    const auto result = client.query(
        fmt::format("select 1 from {} where {} = {}", catalog, column, pg::quote_literal(name)));
    return result.rows() > 0;
}

void require_extensions(pg::Client& client, const Plan& plan, const std::string& where) {
    for (const auto& extension : plan.workload->extensions()) {
        if (has_extension(client, extension, "pg_available_extensions")) continue;
        throw UsageError(fmt::format("--workload {}: the server at {} has no extension {}; install "
                                     "it there (Debian: package "
                                     "postgresql-{}-postgis-3), or take --workload chat",
                                     plan.workload->name(), where, extension,
                                     PQserverVersion(client.get()) / 10000));
    }
}

/// With a placement or node out of use, Citus commits a replicated insert in one phase.
bool every_copy_is_active(const DeploymentSpec& deployment, const StopFlag& stop) {
    pg::Client client(deployment.entry_conninfo, stop);
    return client.query(std::string(sql_text("marker/inactive.sql"))).integer(0, 0) == 0;
}

} // namespace

pg::CommitProtocol protocol_of(const DeploymentSpec& deployment, const StopFlag& stop) {
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

namespace {

/// What kind of cluster stands behind an entry point that citusbench did not start.
void look_at_engine(pg::Client& client, const Plan& plan, DeploymentSpec& deployment) {
    deployment.engine =
        has_extension(client, "citus", "pg_extension") ? Engine::citus : Engine::postgres;
    deployment.shards = plan.shards;
    deployment.replication = 1;
    if (deployment.engine != Engine::citus) return;
    const auto setting = client.query("show citus.shard_replication_factor");
    deployment.replication =
        plan.replication ? *plan.replication : static_cast<int>(setting.integer(0, 0));
}

/// The kept cluster, if one of its entry points is the one that the user named.
std::unique_ptr<LocalCluster> kept_cluster_of(const pg::Conninfo& conninfo) {
    // It outlives the run, so its nodes are healed after Ctrl-C, too.
    static const StopFlag never_stop;
    auto kept = LocalCluster::open_kept(never_stop);
    if (!kept) return nullptr;
    const auto address = conninfo.get("hostaddr");
    const auto is_this = [&](const Node& node) {
        const auto own = pg::Conninfo::parse(kept->conninfo(node));
        return std::to_string(node.port) == conninfo.get("port") && node.host == address &&
               own.get("dbname") == conninfo.get("dbname");
    };
    const auto& nodes = kept->nodes();
    return std::any_of(nodes.begin(), nodes.end(), is_this) ? std::move(kept) : nullptr;
}

Target open_existing(const Plan& plan, const StopFlag& stop) {
    Target target;
    for (std::size_t i = 0; i < plan.dsns.size(); ++i) {
        pg::Client client(plan.dsns[i], stop);
        auto conninfo = resolved(client, plan.dsns[i]);
        require_extensions(client, plan, conninfo.address());
        if (i == 0) {
            target.cluster = kept_cluster_of(conninfo);
            if (target.cluster)
                target.deployment = deployment_spec(*target.cluster);
            else
                look_at_engine(client, plan, target.deployment);
            // Of a known cluster the coordinator is, whichever entry the load goes through.
            if (!target.cluster) target.deployment.entry_conninfo = conninfo.to_string();
        }
        target.entries.push_back({conninfo.address(), std::move(conninfo)});
    }
    if (!plan.faults.empty() && !target.cluster)
        throw UsageError(fmt::format("--{} {}: the kept cluster is not the one behind --dsn {}; "
                                     "name its entry point (citusbench cluster status)",
                                     plan.faults.front().option,
                                     fmt::join(plan.faults.front().nodes, ","),
                                     target.entries.front().name));
    return target;
}

void start_cluster(const Plan& plan, const StopFlag& stop, const Tell& tell, Target& target) {
    const Cluster::Log log = [&](std::string_view line) { tell(line, true); };
    if (plan.cluster->runtime == Runtime::compose) {
        // Containers that ran already outlive the run, so they are healed after Ctrl-C, too.
        auto containers = ComposeCluster::start(*plan.cluster, stop, log);
        target.own = containers->is_own();
        target.cluster = std::move(containers);
    } else {
        target.own = true;
        target.cluster = LocalCluster::start(*plan.cluster, *plan.postgres, stop, log);
    }
}

Target start_own(const Plan& plan, const StopFlag& stop, const Tell& tell) {
    Target target;
    start_cluster(plan, stop, tell, target);
    for (const auto& node : target.cluster->nodes()) {
        if (!node.is_entry) continue;
        const auto dsn = target.cluster->conninfo(node);
        const pg::Client client(dsn, stop);
        target.entries.push_back({node.name, resolved(client, dsn)});
    }
    target.deployment = deployment_spec(*target.cluster);
    return target;
}

} // namespace

Target open_target(const Plan& plan, const StopFlag& stop, const Tell& tell) {
    return plan.cluster ? start_own(plan, stop, tell) : open_existing(plan, stop);
}

} // namespace citusbench
