#include "target/schema.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/embedded_files.hpp"
#include "core/quantity.hpp"
#include "core/version.hpp"
#include "pg/client.hpp"
#include "target/loader.hpp"
#include "target/marker.hpp"
#include "target/run_registration.hpp"

namespace citusbench {
namespace {

std::string sql(std::string_view name) {
    return std::string(sql_text(name));
}

/// A connection to the entry point of each cluster.
std::vector<pg::Client> connect_to_all(const RunTarget& target, const StopFlag& stop) {
    std::vector<pg::Client> clients;
    for (const auto& deployment : target.deployments())
        clients.emplace_back(deployment.entry_conninfo, stop);
    return clients;
}

/// The marker of all clusters; a marker that differs from the first, or is on the wrong cluster,
/// makes the data unusable.
struct Found {
    std::optional<Marker> marker; ///< of the first
    std::string other; ///< what there is instead of the wanted data; empty if this is there
};

Found inspect(std::vector<pg::Client>& clients, const Plan& plan, const RunTarget& target) {
    Found found;
    for (std::size_t i = 0; i < clients.size(); ++i) {
        auto marker = read_marker(clients[i], target.entries[i].conninfo.address());
        auto other =
            marker ? difference_to_marker(*marker, plan, target) : std::string("no schema");
        if (other.empty() && marker->part != part_name(i, clients.size()))
            other = marker->part.empty() ? "the rows of all keys"
                                         : fmt::format("part {} of the rows", marker->part);
        if (other.empty() && i > 0 && found.marker &&
            marker->load_time_us != found.marker->load_time_us)
            other = "data of another load than the first cluster's";
        if (found.other.empty()) found.other = other;
        if (i == 0) found.marker = std::move(marker);
    }
    return found;
}

std::int64_t load(std::vector<pg::Client>& clients, const Plan& plan, const RunTarget& target,
                  const StopFlag& stop, const StatusSink& report_status, PreparedSchema& prepared) {
    for (const auto& each : target.deployments())
        if (each.engine == Engine::fdw && each.workers.empty())
            throw UsageError(
                fmt::format("--dsn: the tables at {} are foreign partitions, whose servers only "
                            "the citusbench that started the cluster knows, so they cannot be "
                            "loaded again; use the data there (--init "
                            "never, with its scale and seed), or drop the schema citusbench first",
                            target.entries.front().conninfo.address()));
    auto deployment = make_deployment(target.deployments(), stop);
    deployment->check(plan.workload->extensions());
    const auto load_time_us = wall_clock_us();
    deployment->drop();
    // The marker comes first: a load that is cut off must be known as ours.
    for (std::size_t i = 0; i < clients.size(); ++i) {
        clients[i].query(sql("marker/create.sql"));
        make_runs_table(clients[i]);
        clients[i].query(sql("marker/insert.sql"),
                         {std::string(plan.workload->name()), plan.workload->scale(),
                          std::to_string(static_cast<std::int64_t>(plan.seed)),
                          std::string(name_of(target.deployment.engine)),
                          std::to_string(target.deployment.replication),
                          std::to_string(target.deployment.shards), std::to_string(load_time_us),
                          std::string(version()), part_name(i, clients.size())});
    }
    deployment->create(plan.workload->tables(), plan.workload->extensions());
    const auto started = now_ticks();
    prepared.rows_loaded =
        load_tables(*plan.workload, *deployment, load_time_us, stop, report_status);
    const auto copied = now_ticks();
    report_status("building keys and indexes", true);
    deployment->finish(plan.workload->tables());
    prepared.load_seconds = to_seconds(copied - started);
    prepared.index_seconds = to_seconds(now_ticks() - copied);
    for (auto& client : clients) client.query(sql("marker/loaded.sql"));
    return load_time_us;
}

/// Data that is there is loaded once more only on a cluster of citusbench's, or when asked for.
bool must_load(const Plan& plan, const RunTarget& target, bool is_there, const std::string& other) {
    if (plan.init == InitMode::replace || !other.empty()) return true;
    return plan.init == InitMode::load_only && (target.ours || !is_there);
}

/// Nobody's data is dropped unasked, and none while a run measures there.
void check_replacing(const Plan& plan, const RunTarget& target, const Marker& marker,
                     const std::string& other, pg::Client& client) {
    const auto where = target.entries.front().conninfo.address();
    const auto active = active_run(client);
    if (!active.empty())
        throw UsageError(fmt::format("--dsn: {} is measuring at {} on the data that would be "
                                     "dropped ({}); wait until it has ended, or use that data: {}",
                                     active, where, description_of(marker), options_for(marker)));
    if (target.ours || plan.init == InitMode::replace) return;
    throw UsageError(fmt::format(
        "--init {}: the database at {} holds {} ({}), and this run needs {}, {}, seed {}, engine "
        "{}; use what is there ({}), or drop it with --init replace",
        plan.init == InitMode::load_only ? "only" : "auto", where, description_of(marker), other,
        plan.workload->name(), plan.workload->scale(), plan.seed, name_of(target.deployment.engine),
        options_for(marker)));
}

/// A standby, for example.
bool takes_no_writes(pg::Client& client) {
    return client.query("show transaction_read_only").text(0, 0) == "on";
}

std::string names_of_reads(const Plan& plan) {
    std::vector<std::string> names;
    for (const auto& kind : plan.workload->operations())
        if (!kind.is_write) names.push_back(kind.name + "=1");
    return fmt::format("{}", fmt::join(names, ","));
}

/// Throws UsageError if the wanted data is missing and cannot be loaded: `missing` says what there
/// is instead, and is empty if the data is there.
void check_loaded(const Plan& plan, const std::string& address, const std::string& missing) {
    if (plan.init == InitMode::load_only)
        throw UsageError(fmt::format("--init only: {} accepts no writes (a standby?); load through "
                                     "the primary",
                                     address));
    if (!missing.empty())
        throw UsageError(
            fmt::format("--dsn: {} accepts no writes (a standby?) and holds {}; load it "
                        "through the primary first, with --init only",
                        address, missing));
}

bool writes(const Plan& plan) {
    const auto& kinds = plan.workload->operations();
    for (std::size_t i = 0; i < kinds.size(); ++i)
        if (kinds[i].is_write && plan.weights[i] > 0) return true;
    return false;
}

/// Throws UsageError if writes would go to a read-only entry point. An entry that cannot be reached
/// now is left to the run.
void check_entries(const Plan& plan, const RunTarget& target, const StopFlag& stop) {
    if (target.own || plan.init == InitMode::load_only || !writes(plan)) return;
    for (const auto& entry : target.entries) {
        bool refuses = false;
        try {
            pg::Client client(entry.conninfo.to_string(), stop);
            refuses = takes_no_writes(client);
        } catch (const RunError&) {
            continue;
        }
        if (refuses)
            throw UsageError(fmt::format("--mix {}: {} accepts no writes (a standby?); use reads "
                                         "alone, as --mix '{}', or the --dsn of the primary",
                                         plan.mix, entry.conninfo.address(), names_of_reads(plan)));
    }
}

/// The run number; if several processes make the load, the first one draws it. If no number can be
/// drawn, nothing is written, and the number is one that no run draws.
void draw_number(pg::Client& client, const Plan& plan, bool read_only, RunIdentity& identity) {
    if (read_only) {
        identity.run = run_of_reads;
        if (plan.slice.is_part()) identity.run_time_us = *plan.start_at_us; // the same for all
        return;
    }
    const auto draw = [&] {
        identity.run =
            static_cast<std::uint64_t>(client.query(sql("marker/next_run.sql")).integer(0, 0));
        identity.run_time_us = wall_clock_us();
    };
    if (!plan.slice.is_part()) return draw();
    client.query(sql("marker/shared_runs.sql"));
    const auto start_at = std::to_string(*plan.start_at_us);
    const auto shared = client.query(sql("marker/shared_run.sql"), {start_at});
    if (shared.rows() == 0) {
        draw();
        client.query(sql("marker/share_run.sql"), {start_at, std::to_string(identity.run),
                                                   std::to_string(identity.run_time_us)});
        return;
    }
    identity.run = static_cast<std::uint64_t>(shared.integer(0, 0));
    identity.run_time_us = shared.integer(0, 1);
}

} // namespace

std::string part_name(std::size_t cluster, std::size_t clusters) {
    return clusters == 1 ? std::string() : fmt::format("{}/{}", cluster + 1, clusters);
}

PreparedSchema prepare_schema(const Plan& plan, const RunTarget& target, const StopFlag& stop,
                              const StatusSink& report_status) {
    PreparedSchema prepared;
    check_entries(plan, target, stop);
    auto clients = connect_to_all(target, stop);
    auto& client = clients.front(); // gives out the run numbers
    if (plan.slice.is_part()) client.query(sql("marker/shared_lock.sql"));
    const auto [marker, other] = inspect(clients, plan, target);
    if (plan.init == InitMode::forbidden && !other.empty())
        throw UsageError(fmt::format(
            "--init never: the database holds {}, the run needs {} with seed "
            "{}; load it with --init auto, or change the scale options",
            marker ? other : "no schema citusbench", plan.workload->scale(), plan.seed));
    const bool read_only = takes_no_writes(client);
    if (read_only) check_loaded(plan, target.entries.front().conninfo.address(), other);
    if (must_load(plan, target, marker.has_value(), other)) {
        if (marker) check_replacing(plan, target, *marker, other, client);
        if (marker && !other.empty())
            report_status(fmt::format("the schema citusbench holds {}: loading it again", other),
                          false);
        prepared.identity.load_time_us = load(clients, plan, target, stop, report_status, prepared);
    } else {
        prepared.identity.load_time_us = marker->load_time_us;
    }
    // Loading alone is no run: the number 1 means that no run has written before.
    prepared.identity.run_time_us = wall_clock_us();
    if (plan.init != InitMode::load_only) draw_number(client, plan, read_only, prepared.identity);
    return prepared;
}

} // namespace citusbench
