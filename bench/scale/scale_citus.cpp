#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "core/quantity.hpp"
#include "pg/client.hpp"
#include "pg/sql_template.hpp"
#include "scale/scale.hpp"

namespace citusbench {
namespace {

/// Under load a move runs into distributed deadlocks, and Citus cancels the move in favour of the
/// writes.
constexpr int max_move_tries = 20;

std::string name_at(const LocalCluster& cluster, std::string_view port) {
    for (const auto& node : cluster.nodes())
        if (std::to_string(node.port) == port) return node.name;
    return fmt::format("port {}", port);
}

/// Citus's metadata are changed there: under Patroni by whoever leads, a standby accepts no writes.
const Node& coordinator_of(const LocalCluster& cluster) {
    const auto& first = cluster.nodes().front();
    if (first.kind != NodeKind::patroni) return first;
    return *cluster.find(cluster.resolve({"leader"}).front());
}

void make_known(LocalCluster& cluster, pg::Client& entry, const StopFlag& stop) {
    for (const auto& node : cluster.nodes()) {
        if (node.role != Role::worker) continue;
        const auto host = pg::quote_literal(node.host);
        const auto port = std::to_string(node.port);
        if (entry.query(cluster_sql("citus_knows_node", {{"host", host}, {"port", port}})).rows() >
            0)
            continue;
        // New nodes are copies of one another, and Citus regards a node with its own id as itself.
        pg::Client(cluster.conninfo(node), stop).query(cluster_sql("citus_new_server_id"));
        entry.query(cluster_sql("citus_add_worker", {{"host", host}, {"port", port}}));
    }
}

/// Tries again what a deadlock ended.
template <typename Work>
void with_retries(const Work& work, const std::string& what, const StopFlag& stop,
                  const ScaleLog& log) {
    for (int attempt = 1;; ++attempt) {
        try {
            return work();
        } catch (const pg::ServerError& error) {
            const auto& state = error.sqlstate();
            const bool may_pass = state == "40P01" || state == "40001" || state == "55P03";
            if (!may_pass || attempt == max_move_tries) throw;
            log(fmt::format("{}: {}; trying again", what, pg::one_line(error.what())));
        }
        stop.check();
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
}

/// With logical replication, writes to the shard continue while it is copied. This needs a key that
/// identifies rows; without one, writes wait while the shard is copied.
class ShardMover {
  public:
    ShardMover(LocalCluster& cluster, pg::Client& entry, const StopFlag& stop, const ScaleLog& log)
        : cluster_(cluster), entry_(entry), stop_(stop), log_(log) {}

    /// False where nothing is left to move.
    bool move_next() {
        const auto move = entry_.query(cluster_sql("citus_next_move"));
        if (move.rows() == 0) return false;
        const auto what = fmt::format(
            "shard {} of {} and what is colocated, from {} to {}", move.text(0, 1), move.text(0, 0),
            name_at(cluster_, move.text(0, 3)), name_at(cluster_, move.text(0, 5)));
        const auto begun = now_ticks();
        try {
            transfer(move, what);
        } catch (const pg::ServerError& error) {
            const bool lacks_key =
                std::string_view(error.what()).find("REPLICA IDENTITY") != std::string_view::npos;
            if (!lacks_key || mode_ == "block_writes") throw;
            log_(fmt::format("{}: a table has no primary key, so writes to a shard wait while it "
                             "is copied",
                             what));
            mode_ = "block_writes";
            transfer(move, what);
        }
        log_(fmt::format("moved {} ({:.0f} ms; {} placements planned yet)", what,
                         to_seconds(now_ticks() - begun) * 1e3, move.integer(0, 6) - 1));
        return true;
    }

  private:
    void transfer(const pg::Result& move, const std::string& what) {
        const auto sql = cluster_sql("citus_move", {{"shard", std::string(move.text(0, 1))},
                                                    {"source", pg::quote_literal(move.text(0, 2))},
                                                    {"from", std::string(move.text(0, 3))},
                                                    {"target", pg::quote_literal(move.text(0, 4))},
                                                    {"to", std::string(move.text(0, 5))},
                                                    {"mode", pg::quote_literal(mode_)}});
        with_retries([&] { entry_.query(sql); }, what, stop_, log_);
    }

    LocalCluster& cluster_;
    pg::Client& entry_;
    const StopFlag& stop_;
    const ScaleLog& log_;
    std::string mode_ = "auto";
};

} // namespace

void spread_citus(LocalCluster& cluster, const StopFlag& stop, const ScaleLog& log) {
    const auto begun = now_ticks();
    pg::Client entry(cluster.conninfo(coordinator_of(cluster)), stop);
    make_known(cluster, entry, stop);
    with_retries(
        [&] {
            entry.query(cluster_sql("citus_copy_references",
                                    {{"mode", pg::quote_literal("block_writes")}}));
        },
        "copying reference tables", stop, log);
    ShardMover mover(cluster, entry, stop, log);
    int moved = 0;
    while (mover.move_next()) ++moved;
    log(fmt::format("{} moves in {:.1f} s", moved, to_seconds(now_ticks() - begun)));
}

} // namespace citusbench
