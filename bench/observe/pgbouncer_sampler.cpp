#include "observe/pgbouncer_sampler.hpp"

#include <algorithm>
#include <cstdlib>

#include "observe/async_query.hpp"
#include "observe/node_sampler.hpp"

namespace citusbench {
namespace {

double number(const pg::Result& result, int row, const char* column) {
    const int at = PQfnumber(result.get(), column);
    return at < 0 ? 0 : std::strtod(PQgetvalue(result.get(), row, at), nullptr);
}

std::uint64_t count(const pg::Result& result, int row, const char* column) {
    return static_cast<std::uint64_t>(number(result, row, column));
}

} // namespace

PoolStatus read_pools(std::span<const pg::Result> results) {
    PoolStatus status;
    for (const auto& result : results)
        for (int row = 0; row < result.rows(); ++row) {
            const int database = PQfnumber(result.get(), "database");
            if (database < 0 || result.text(row, database) == "pgbouncer") continue;
            status.clients_active += count(result, row, "cl_active");
            status.clients_waiting += count(result, row, "cl_waiting");
            status.servers_active += count(result, row, "sv_active");
            status.servers_idle += count(result, row, "sv_idle") + count(result, row, "sv_used");
            const auto wait =
                number(result, row, "maxwait") + number(result, row, "maxwait_us") / 1e6;
            status.max_wait_s = std::max(status.max_wait_s, wait);
        }
    return status;
}

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
