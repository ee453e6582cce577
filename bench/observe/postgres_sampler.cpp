#include <cstdlib>

#include <fmt/format.h>

#include "core/embedded_files.hpp"
#include "observe/async_query.hpp"
#include "observe/node_sampler.hpp"
#include "pg/sql_template.hpp"

namespace citusbench {

bool is_postgres(const Node& node);
std::unique_ptr<NodeSampler> make_postgres_sampler(const MonitoredNode& node,
                                                   const MonitoredCluster& cluster);

namespace {

/// The size of a database is the sum over its files, so that it costs more than all the rest.
constexpr std::uint64_t samples_a_size = 10;

class PostgresSampler final : public NodeSampler {
  public:
    PostgresSampler(const MonitoredNode& node, const MonitoredCluster& cluster)
        : cluster_(cluster), connection_(node.conninfo + " application_name='citusbench monitor'"),
          queries_({std::string(sql_text("monitor/postgres.sql"))}),
          sized_sql_(sql_text("monitor/size.sql")) {
        const bool has_metadata = cluster.engine == Engine::citus &&
                                  &node == cluster.first_coordinator(node.node.cluster);
        if (has_metadata)
            queries_.push_back(fill_sql(sql_text("monitor/citus.sql"),
                                        {{"replication", std::to_string(cluster.replication)}}));
    }

    AsyncQuery& begin(std::uint64_t number) override {
        std::string setup;
        std::string sql;
        for (std::size_t i = 0; i < queries_.size(); ++i) {
            setup += fmt::format("prepare monitor_{} as {};", i, queries_[i]);
            sql += is_prepared_ ? fmt::format("execute monitor_{};", i) : queries_[i] + ";";
        }
        if (number % samples_a_size == 0) sql += sized_sql_;
        connection_.ask(std::move(sql), is_prepared_ ? std::move(setup) : "");
        return connection_;
    }

    std::vector<NodeValue> end() override {
        const auto results = connection_.take();
        std::vector<NodeValue> values;
        // A pooler in between may have prepared them elsewhere.
        if (!results && connection_.was_reached()) is_prepared_ = false;
        if (!results) return values;
        for (const auto& result : *results)
            for (int row = 0; row < result.rows(); ++row) add(result, row, values);
        return values;
    }

    std::string error() const override {
        return connection_.was_reached() ? connection_.error() : "";
    }

  private:
    /// metric, value; with the host and the port of another node behind, where it is about that.
    void add(const pg::Result& result, int row, std::vector<NodeValue>& values) const {
        if (result.is_null(row, 1)) return;
        NodeValue value;
        value.metric = result.text(row, 0);
        value.value = std::strtod(PQgetvalue(result.get(), row, 1), nullptr);
        if (result.columns() > 2 && !result.is_null(row, 2))
            value.node = cluster_.name_at(result.text(row, 2), result.text(row, 3));
        values.push_back(std::move(value));
    }

    const MonitoredCluster& cluster_;
    NodeConnection connection_;
    std::vector<std::string> queries_;
    std::string sized_sql_;
    /// Planning costs ten times what running them does.
    bool is_prepared_ = true;
};

} // namespace

bool is_postgres(const Node& node) {
    return node.holds_data();
}

std::unique_ptr<NodeSampler> make_postgres_sampler(const MonitoredNode& node,
                                                   const MonitoredCluster& cluster) {
    return std::make_unique<PostgresSampler>(node, cluster);
}

} // namespace citusbench
