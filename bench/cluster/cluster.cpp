#include "cluster/cluster.hpp"

#include <future>

#include "cluster/patroni_group.hpp"
#include "pg/client.hpp"
#include "pg/sql_template.hpp"
#include "topology/target_name.hpp"

namespace citusbench {

std::vector<std::string> Cluster::resolve(const std::vector<std::string>& targets) const {
    std::vector<std::string> names;
    for (const auto& target : targets) {
        const int group = group_of_leader(target, nodes());
        names.push_back(group < 0 ? target : PatroniGroup(layout(), group).leader());
    }
    return names;
}

Ticks Cluster::switch_over(const std::string& name) {
    return PatroniGroup(layout(), layout().at(name).group).switch_over(name, stop_);
}

void Cluster::checkpoint() {
    std::vector<std::future<void>> running;
    for (const auto& node : nodes())
        if (node.holds_data())
            running.push_back(std::async(std::launch::async, [this, &node] {
                pg::Client(conninfo(node), stop_).query(cluster_sql("checkpoint"));
            }));
    for (auto& one : running) one.get();
}

} // namespace citusbench
