#include "observe/cluster_status.hpp"

#include <algorithm>
#include <cstdlib>
#include <future>
#include <memory>
#include <span>

#include <fmt/format.h>

#include "core/embedded_files.hpp"
#include "deployment/placements.hpp"
#include "observe/async_query.hpp"
#include "pg/client.hpp"

namespace citusbench {
namespace {

constexpr Ticks status_timeout = 3'000'000'000;
constexpr Ticks counting_timeout = 20'000'000'000;
/// Counting reads a whole table: of one larger than this the estimate is shown.
constexpr std::int64_t max_bytes_to_count = 64 << 20;

std::string sql(std::string_view name) {
    return std::string(sql_text(name)) + ";";
}

/// A table on a node, as that node knows it.
struct Relation {
    std::uint64_t bytes = 0;
    std::uint64_t rows = 0;
    bool is_estimate = true;
};

/// A node while its status is collected.
struct NodeProbe {
    explicit NodeProbe(const MonitoredNode& observed)
        : node(&observed), connection(observed.conninfo + " application_name='citusbench status'") {
    }
    const MonitoredNode* node;
    NodeConnection connection;
    bool answers = false;
    std::map<std::string, Relation> relations;
    std::vector<PlacedShard> layout; ///< as it knows it, if it is a coordinator
    std::string has_counted;         ///< tables of the second query, separated by blanks
};

class StatusCollector {
  public:
    StatusCollector(const MonitoredCluster& cluster,
                    const std::function<std::string(const Node&)>& state_of)
        : cluster_(cluster), state_of_(state_of) {
        for (const auto& node : cluster.nodes) probes_.push_back(std::make_unique<NodeProbe>(node));
        status_.engine = cluster.engine;
        status_.replication = cluster.replication;
    }

    ClusterStatus run() {
        ask_nodes();
        choose_entries();
        count_rows();
        place();
        return std::move(status_);
    }

  private:
    void proceed(Ticks time) {
        std::vector<AsyncQuery*> queries;
        for (auto& probe : probes_) queries.push_back(&probe->connection);
        poll_until(queries, now_ticks() + time, -1);
    }

    static bool is_coordinator(const NodeProbe& probe) {
        const auto& node = probe.node->node;
        return node.is_entry || node.role == Role::coordinator;
    }

    std::string entry_queries() const {
        auto queries = layout_sql(cluster_.engine);
        if (cluster_.engine == Engine::citus) queries += ";" + sql("status/citus_nodes.sql");
        return queries;
    }

    void ask_nodes() {
        std::vector<std::future<std::string>> states;
        for (auto& probe : probes_) {
            if (state_of_)
                states.push_back(
                    std::async(std::launch::async, state_of_, std::cref(probe->node->node)));
            if (probe->node->conninfo.empty()) continue;
            probe->connection.ask(sql("monitor/postgres.sql") + sql("monitor/size.sql") +
                                  sql("status/prepared.sql") + sql("status/relations.sql") +
                                  (is_coordinator(*probe) ? entry_queries() : ""));
        }
        proceed(status_timeout);
        for (std::size_t i = 0; i < probes_.size(); ++i) {
            auto& probe = *probes_[i];
            const auto& node = probe.node->node;
            NodeStatus status;
            status.name = node.name;
            status.role = description_of(node);
            status.address = fmt::format("{}:{}", node.host, node.port);
            status.is_entry = node.is_entry;
            if (const auto results = probe.connection.take()) read(*results, probe, status);
            status.state = state_of_ ? states[i].get() : probe.answers ? "up" : "unreachable";
            const auto& error = probe.connection.error();
            if (status.state != "up")
                status_.reasons.push_back(fmt::format("{} is {}", node.name, status.state));
            else if (!probe.answers && !probe.node->conninfo.empty())
                status_.reasons.push_back(fmt::format("{}: {}", node.name, error));
            status_.nodes.push_back(std::move(status));
        }
        for (auto& node : status_.nodes)
            if (const auto in_use = in_use_.find(node.name); in_use != in_use_.end())
                node.is_active = in_use->second;
    }

    /// Of each cluster the coordinator that answers, an entry point first.
    void choose_entries() {
        std::map<std::size_t, NodeProbe*> entries;
        for (auto& probe : probes_) {
            auto*& entry = entries[probe->node->node.cluster];
            if (!probe->answers || !is_coordinator(*probe)) continue;
            if (entry == nullptr || (probe->node->node.is_entry && !entry->node->node.is_entry))
                entry = probe.get();
        }
        for (const auto& [cluster, entry] : entries)
            if (entry != nullptr)
                entries_.push_back(entry);
            else if (entries.size() == 1)
                status_.reasons.emplace_back(
                    "no coordinator answers, so the placement of shards is unknown");
            else
                status_.reasons.push_back(fmt::format("no coordinator of cluster {} answers, so "
                                                      "the placement of its shards is unknown",
                                                      cluster + 1));
    }

    void read(const std::vector<pg::Result>& results, NodeProbe& probe, NodeStatus& status) {
        probe.answers = true;
        for (const auto& result : std::span(results).first(2))
            for (int row = 0; row < result.rows(); ++row)
                if (!result.is_null(row, 1))
                    status.metrics[std::string(result.text(row, 0))] =
                        std::strtod(PQgetvalue(result.get(), row, 1), nullptr);
        for (int row = 0; row < results[2].rows(); ++row)
            status_.prepared.push_back(
                {probe.node->node.name, std::string(results[2].text(row, 0)),
                 std::strtod(PQgetvalue(results[2].get(), row, 1), nullptr)});
        const auto& tables = results[4]; // behind the SET
        for (int row = 0; row < tables.rows(); ++row) {
            Relation relation;
            relation.bytes = static_cast<std::uint64_t>(tables.integer(row, 1));
            relation.is_estimate = tables.integer(row, 2) > max_bytes_to_count;
            relation.rows = static_cast<std::uint64_t>(tables.integer(row, 3));
            probe.relations.emplace(tables.text(row, 0), relation);
        }
        if (!is_coordinator(probe)) return;
        probe.layout = read_layout(results[5]);
        for (std::size_t i = 6; i < results.size(); ++i) // of Citus
            for (int row = 0; row < results[i].rows(); ++row)
                in_use_[cluster_.name_at(results[i].text(row, 0), results[i].text(row, 1))] =
                    results[i].text(row, 3) == "t";
    }

    /// The node that a copy lies on; nullptr for one that is not monitored.
    NodeProbe* holder_of(const PlacedShard& placed, NodeProbe& entry) {
        if (placed.host.empty()) return placed.is_active ? &entry : nullptr;
        const auto name = cluster_.name_at(placed.host, placed.port);
        for (auto& probe : probes_)
            if (probe->node->node.name == name) return probe.get();
        return nullptr;
    }

    std::map<NodeProbe*, std::string> counting_queries() {
        std::map<NodeProbe*, std::string> queries;
        for (auto* entry : entries_)
            for (const auto& placed : entry->layout) {
                auto* holder = holder_of(placed, *entry);
                if (holder == nullptr || !holder->answers) continue;
                const auto relation = holder->relations.find(placed.relation);
                if (relation == holder->relations.end() || relation->second.is_estimate) continue;
                auto& query = queries[holder];
                query += fmt::format(
                    "{}select {}, count(*) from citusbench.{}", query.empty() ? "" : " union all ",
                    pg::quote_literal(placed.relation), pg::quote_identifier(placed.relation));
            }
        return queries;
    }

    /// Nodes count their copies themselves, side by side.
    void count_rows() {
        auto queries = counting_queries();
        if (!entries_.empty() && entries_.front()->relations.contains("marker")) {
            auto& query = queries[entries_.front()];
            if (query.empty()) query = "select null, 0 limit 0";
            query += ";" + sql("status/marker.sql");
        }
        for (auto& [probe, query] : queries) probe->connection.ask(query);
        proceed(counting_timeout);
        for (auto& [probe, query] : queries) take_counts(*probe);
    }

    void take_counts(NodeProbe& probe) {
        const auto results = probe.connection.take();
        if (!results) {
            status_.reasons.push_back(fmt::format("{}: {} while counting rows",
                                                  probe.node->node.name, probe.connection.error()));
            for (auto& [name, relation] : probe.relations) relation.is_estimate = true;
            return;
        }
        const auto& counts = results->front();
        for (int row = 0; row < counts.rows(); ++row)
            probe.relations[std::string(counts.text(row, 0))].rows =
                static_cast<std::uint64_t>(counts.integer(row, 1));
        if (results->size() > 1 && results->back().rows() == 1) read_marker(results->back());
    }

    void read_marker(const pg::Result& marker) {
        status_.workload = fmt::format("{} {}", marker.text(0, 0), marker.text(0, 1));
        status_.replication = static_cast<int>(marker.integer(0, 2));
    }

    void place() {
        for (auto* entry : entries_) place(*entry);
    }

    void place(NodeProbe& entry) {
        const auto first = status_.shards.size();
        for (const auto& placed : entry.layout) {
            auto& shards = status_.shards;
            if (shards.size() == first || shards.back().table != placed.table ||
                shards.back().shard != placed.shard)
                shards.push_back({placed.table, placed.kind, placed.shard, {}});
            auto* holder = holder_of(placed, entry);
            if (holder == nullptr && placed.host.empty()) continue; // a shard without any copy
            PlacementStatus placement;
            placement.is_active = placed.is_active;
            placement.node =
                holder ? holder->node->node.name : cluster_.name_at(placed.host, placed.port);
            if (holder != nullptr) count(placed, *holder, placement);
            shards.back().placements.push_back(std::move(placement));
        }
    }

    void count(const PlacedShard& placed, NodeProbe& holder, PlacementStatus& placement) {
        auto& node = *std::find_if(status_.nodes.begin(), status_.nodes.end(),
                                   [&](const auto& n) { return n.name == placement.node; });
        ++node.placements;
        const auto relation = holder.relations.find(placed.relation);
        if (!holder.answers) return;
        if (relation == holder.relations.end()) {
            status_.reasons.push_back(
                fmt::format("{} lacks {}, which should be there", node.name, placed.relation));
            return;
        }
        placement.rows = relation->second.rows;
        placement.bytes = relation->second.bytes;
        placement.is_estimate = relation->second.is_estimate;
        node.rows = node.rows.value_or(0) + relation->second.rows;
    }

    const MonitoredCluster& cluster_;
    const std::function<std::string(const Node&)>& state_of_;
    std::vector<std::unique_ptr<NodeProbe>> probes_;
    std::vector<NodeProbe*> entries_;    ///< one of each cluster that can be asked
    std::map<std::string, bool> in_use_; ///< by node, from the metadata of Citus
    ClusterStatus status_;
};

void assess(ClusterStatus& status) {
    for (const auto& node : status.nodes)
        if (!node.is_active.value_or(true))
            status.reasons.push_back(fmt::format("{} is disabled in Citus", node.name));
    const auto lacking = status.under_replicated().size();
    if (lacking > 0)
        status.reasons.push_back(fmt::format("{} {} fewer than {} active copies", lacking,
                                             lacking == 1 ? "shard has" : "shards have",
                                             status.replication));
    for (const auto& prepared : status.prepared)
        if (prepared.age_s > in_doubt_after_s)
            status.reasons.push_back(
                fmt::format("{} on {} is an unresolved prepared transaction, {:.0f} s old",
                            prepared.gid, prepared.node, prepared.age_s));
}

} // namespace

ClusterStatus collect_status(const MonitoredCluster& cluster,
                             const std::function<std::string(const Node&)>& state_of) {
    auto status = StatusCollector(cluster, state_of).run();
    assess(status);
    return status;
}

} // namespace citusbench
