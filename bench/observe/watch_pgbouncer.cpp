#include "observe/node_connection.hpp"
#include "observe/node_watch.hpp"
#include "observe/pool_status.hpp"

namespace citusbench {

bool is_pgbouncer(const Node& node);
std::unique_ptr<NodeWatch> make_pgbouncer_watch(const ObservedNode& node,
                                                const ObservedCluster& cluster);

namespace {

class PgbouncerWatch final : public NodeWatch {
  public:
    explicit PgbouncerWatch(const ObservedNode& node) : connection_(node.console) {}

    Question& begin(std::uint64_t /*number*/) override {
        connection_.ask(pools_question);
        return connection_;
    }

    std::vector<NodeValue> end() override {
        const auto results = connection_.take();
        if (!results) return {};
        const auto pools = read_pools(*results);
        return {{"", "pool_clients_active", static_cast<double>(pools.clients_active)},
                {"", "pool_clients_waiting", static_cast<double>(pools.clients_waiting)},
                {"", "pool_longest_wait_s", pools.longest_wait_s},
                {"", "pool_servers_active", static_cast<double>(pools.servers_active)},
                {"", "pool_servers_idle", static_cast<double>(pools.servers_idle)}};
    }

    std::string trouble() const override {
        return connection_.was_reached() ? connection_.trouble() : "";
    }

  private:
    NodeConnection connection_;
};

} // namespace

bool is_pgbouncer(const Node& node) {
    return node.kind == NodeKind::pgbouncer;
}

std::unique_ptr<NodeWatch> make_pgbouncer_watch(const ObservedNode& node,
                                                const ObservedCluster& /*cluster*/) {
    return std::make_unique<PgbouncerWatch>(node);
}

} // namespace citusbench
