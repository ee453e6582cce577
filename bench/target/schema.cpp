#include "target/schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/embedded_files.hpp"
#include "core/quantity.hpp"
#include "core/version.hpp"
#include "pg/client.hpp"
#include "target/loader.hpp"

namespace citusbench {
namespace {

struct Marker {
    std::string workload, scale;
    std::uint64_t seed = 0;
    std::string engine;
    int replication = 0;
    int shards = 0;
    std::int64_t load_time_us = 0;
    bool loaded = false;
    std::string part;
};

std::string sql(std::string_view name) {
    return std::string(sql_text(name));
}

/// Nothing if there is no schema; throws if there is one without a marker.
std::optional<Marker> read_marker(pg::Client& client, const std::string& where) {
    const auto exists = client.query(sql("marker/exists.sql"));
    if (exists.integer(0, 0) == 0) return std::nullopt;
    if (exists.integer(0, 1) == 0)
        throw UsageError(
            fmt::format("the database at {} has a schema citusbench that citusbench did "
                        "not make (no table citusbench.marker), and it is left alone; "
                        "rename it, or point --dsn at another database",
                        where));
    const auto row = client.query(sql("marker/read.sql"));
    Marker marker;
    if (row.rows() == 0) return marker;
    marker.workload = row.text(0, 0);
    marker.scale = row.text(0, 1);
    marker.seed = static_cast<std::uint64_t>(row.integer(0, 2));
    marker.engine = row.text(0, 3);
    marker.replication = static_cast<int>(row.integer(0, 4));
    marker.shards = static_cast<int>(row.integer(0, 5));
    marker.load_time_us = row.integer(0, 6);
    marker.loaded = row.text(0, 7) == "t";
    marker.part = row.text(0, 8);
    return marker;
}

/// What differs between the data there and the data wanted; empty if nothing does.
std::string difference_to_marker(const Marker& marker, const Plan& plan, const RunTarget& target) {
    if (!marker.loaded) return "a load that was not finished";
    if (marker.workload != plan.workload->name()) return "workload " + marker.workload;
    if (marker.scale != plan.workload->scale()) return marker.scale;
    if (marker.seed != plan.seed) return fmt::format("seed {}", marker.seed);
    if (marker.engine != name_of(target.deployment.engine)) return "engine " + marker.engine;
    if (marker.engine == "citus" && marker.replication != target.deployment.replication)
        return fmt::format("replication {}", marker.replication);
    return {};
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
    const auto load_time_us = wall_clock_us();
    deployment->drop();
    // The marker comes first: a load that is cut off must be known as ours.
    for (std::size_t i = 0; i < clients.size(); ++i) {
        clients[i].query(sql("marker/create.sql"));
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
    if (plan.init == InitMode::load_only || !other.empty()) {
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
