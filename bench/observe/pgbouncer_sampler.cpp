#include "observe/node_connection.hpp"
#include "observe/node_sampler.hpp"
#include "observe/pool_status.hpp"

namespace citusbench {

bool is_pgbouncer(const Node& node);
std::unique_ptr<NodeSampler> make_pgbouncer_sampler(const MonitoredNode& node,
                                                    const MonitoredCluster& cluster);

namespace {

class PgbouncerSampler final : public NodeSampler {
  public:
    explicit PgbouncerSampler(const MonitoredNode& node) : connection_(node.console) {}

    AsyncQuery& begin(std::uint64_t /*number*/) override {
        connection_.ask(pools_query);
        return connection_;
    }

    std::vector<NodeValue> end() override {
        const auto results = connection_.take();
        if (!results) return {};
        const auto pools = read_pools(*results);
        return {{"", "pool_clients_active", static_cast<double>(pools.clients_active)},
                {"", "pool_clients_waiting", static_cast<double>(pools.clients_waiting)},
                {"", "pool_longest_wait_s", pools.max_wait_s},
                {"", "pool_servers_active", static_cast<double>(pools.servers_active)},
                {"", "pool_servers_idle", static_cast<double>(pools.servers_idle)}};
    }

    std::string error() const override {
        return connection_.was_reached() ? connection_.error() : "";
    }

  private:
    NodeConnection connection_;
};

} // namespace

bool is_pgbouncer(const Node& node) {
    return node.kind == NodeKind::pgbouncer;
}

std::unique_ptr<NodeSampler> make_pgbouncer_sampler(const MonitoredNode& node,
                                                    const MonitoredCluster& /*cluster*/) {
    return std::make_unique<PgbouncerSampler>(node);
}

} // namespace citusbench
