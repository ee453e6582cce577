#include "fault/operator_policy.hpp"

#include <algorithm>
#include <stdexcept>

#include "core/quantity.hpp"
#include "pg/client.hpp"
#include "pg/sql_template.hpp"

namespace citusbench {

OperatorPolicy OperatorPolicy::parse(std::string_view text) {
    constexpr std::string_view disable = "disable:";
    if (text == "none") return {};
    if (!text.starts_with(disable))
        throw std::invalid_argument("write none, or disable:DELAY such as disable:5s");
    return {parse_duration(text.substr(disable.size()))};
}

std::string OperatorPolicy::to_string() const {
    return disable_after ? "disable:" + duration_option(*disable_after) : "none";
}

CitusOperator::CitusOperator(Cluster& cluster, int replication, const StopFlag& stop)
    : cluster_(cluster), replication_(replication), stop_(stop) {}

pg::Client CitusOperator::connect(std::size_t cluster) const {
    // Citus accepts an operator's commands only on its coordinator.
    const auto entries = cluster_.layout().set_up_entries(cluster);
    if (entries.empty()) throw RunError("the cluster has no entry point for its operator");
    return {cluster_.conninfo(entries.front()), stop_};
}

const Node& CitusOperator::node_of(const std::string& name) const {
    const auto* node = cluster_.find(name);
    if (!node) throw RunError("the cluster has no node " + name);
    return *node;
}

std::vector<std::string> CitusOperator::workers_of(const std::vector<std::string>& nodes) const {
    std::vector<std::string> workers;
    for (const auto& name : nodes)
        if (const auto* node = cluster_.find(name); node && node->role == Role::worker)
            workers.push_back(name);
    return workers;
}

void CitusOperator::disable(const std::string& name) {
    const auto& node = node_of(name);
    connect(node.cluster)
        .query(
            cluster_sql("citus_disable_node", {{"host", pg::quote_literal(node.host_for_nodes())},
                                               {"port", std::to_string(node.port)}}));
}

void CitusOperator::activate(const std::string& name) {
    const auto& node = node_of(name);
    connect(node.cluster)
        .query(
            cluster_sql("citus_activate_node", {{"host", pg::quote_literal(node.host_for_nodes())},
                                                {"port", std::to_string(node.port)}}));
}

void CitusOperator::replicate() {
    const auto clusters = static_cast<std::size_t>(cluster_.spec().clusters);
    for (std::size_t cluster = 0; cluster < clusters; ++cluster) {
        auto client = connect(cluster);
        const auto tables = client.query(cluster_sql("citus_replicated_tables"));
        for (int row = 0; row < tables.rows(); ++row)
            client.query(
                cluster_sql("citus_replicate", {{"table", pg::quote_literal(tables.text(row, 0))},
                                                {"replication", std::to_string(replication_)}}));
    }
}

} // namespace citusbench
