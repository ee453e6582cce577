#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include <fmt/format.h>

#include "cluster/form_cluster.hpp"
#include "core/time.hpp"
#include "deployment/deployment_steps.hpp"
#include "deployment/placements.hpp"
#include "os/run_command.hpp"
#include "pg/client.hpp"
#include "pg/sql_template.hpp"
#include "scale/scale.hpp"

namespace citusbench {
namespace {

constexpr int max_lock_tries = 20;

/// Which node has which partitions: the number of a partition is that of its remainder, and those
/// of all tables with one number lie together.
class FdwSpread {
  public:
    FdwSpread(LocalCluster& cluster, const StopFlag& stop, const ScaleLog& log)
        : cluster_(cluster), stop_(stop), log_(log),
          entry_(cluster.conninfo(cluster.nodes().front()), stop) {}

    void run() {
        const auto begun = now_ticks();
        make_servers();
        read();
        copy_references();
        int moved = 0;
        while (const auto move = next_move()) {
            stop_.check();
            this->move(*move);
            ++moved;
        }
        log_(fmt::format("{} moves in {:.1f} s", moved, to_seconds(now_ticks() - begun)));
    }

  private:
    struct Move {
        std::string shard;
        const Node* from;
        const Node* to;
    };

    void make_servers() {
        std::set<std::string> known;
        const auto servers = entry_.query(cluster_sql("fdw_servers"));
        for (int row = 0; row < servers.rows(); ++row) known.emplace(servers.text(row, 0));
        for (const auto& node : cluster_.nodes())
            if (node.role == Role::worker && !known.contains(node.name))
                make_fdw_server(entry_, node, cluster_.layout());
    }

    void read() {
        for (const auto& node : cluster_.nodes())
            if (node.role == Role::worker) shards_[&node]; // with none
        for (const auto& placed : read_layout(entry_.query(layout_sql(Engine::fdw)))) {
            const auto* holder = node_at(placed.port);
            if (holder == nullptr) continue; // the coordinator's own copy of a reference table
            if (placed.kind == "reference") {
                references_.insert(placed.relation);
                continue;
            }
            shards_[holder].insert(placed.shard);
            tables_.insert(placed.table);
            modulus_ = std::max(modulus_, std::stoi(placed.shard) + 1);
        }
    }

    const Node* node_at(const std::string& port) const {
        for (const auto& node : cluster_.nodes())
            if (node.role == Role::worker && std::to_string(node.port) == port) return &node;
        return nullptr;
    }

    /// From the node that has most to the one that has least, as long as that makes it more even.
    std::optional<Move> next_move() const {
        const auto fewer = [](const auto& a, const auto& b) {
            return a.second.size() < b.second.size();
        };
        if (shards_.empty()) return std::nullopt;
        const auto [least, most] = std::minmax_element(shards_.begin(), shards_.end(), fewer);
        if (most->second.size() < least->second.size() + 2) return std::nullopt;
        return Move{*most->second.begin(), most->first, least->first};
    }

    void move(const Move& move) {
        const auto begun = now_ticks();
        pg::Client from(cluster_.conninfo(*move.from), stop_);
        pg::Client to(cluster_.conninfo(*move.to), stop_);
        to.query(cluster_sql("create_schema"));
        for (const auto& table : tables_) {
            const auto name = table + "_" + move.shard;
            to.query(cluster_sql("drop_table", {{"table", qualified(name)}}));
            create_like(to, *move.from, name);
            move_rows(table, name, move);
            to.query(cluster_sql("analyze_table", {{"table", qualified(name)}}));
            from.query(cluster_sql("drop_table", {{"table", qualified(name)}}));
        }
        shards_[move.from].erase(move.shard);
        shards_[move.to].insert(move.shard);
        log_(fmt::format("moved partition {} of {} tables from {} to {} ({:.0f} ms)", move.shard,
                         tables_.size(), move.from->name, move.to->name,
                         to_seconds(now_ticks() - begun) * 1e3));
    }

    /// In one transaction of the coordinator; if a deadlock or a long query ends it, nothing has
    /// changed.
    void move_rows(const std::string& table, const std::string& name, const Move& move) {
        const auto sql = cluster_sql("fdw_move", {{"parent", qualified(table)},
                                                  {"partition", qualified(name)},
                                                  {"old", qualified(name + "_old")},
                                                  {"old_name", pg::quote_identifier(name + "_old")},
                                                  {"shards", std::to_string(modulus_)},
                                                  {"shard", move.shard},
                                                  {"server", pg::quote_identifier(move.to->name)},
                                                  {"remote", pg::quote_literal(name)}});
        for (int attempt = 1;; ++attempt) {
            try {
                entry_.query(sql);
                return;
            } catch (const pg::ServerError& error) {
                const auto& state = error.sqlstate();
                if (state.empty()) throw; // the connection is gone
                entry_.query("rollback");
                if ((state != "40P01" && state != "55P03") || attempt == max_lock_tries) throw;
                log_(fmt::format("moving {}: {}; trying again", name, pg::one_line(error.what())));
            }
            stop_.check();
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
    }

    /// The table with its keys and indexes, empty.
    void create_like(pg::Client& to, const Node& from, const std::string& name) {
        Command dump;
        dump.args = {(cluster_.layout().postgres.bin_dir / "pg_dump").string(),
                     "--schema-only",
                     "--no-owner",
                     "--no-privileges",
                     "--table=citusbench." + name,
                     "--dbname=" + cluster_.conninfo(from)};
        const CommandLimits limits{std::chrono::minutes(2),
                                   "see pg_stat_activity there for who holds the table"};
        const auto dumped = run_command(dump, stop_, limits);
        std::istringstream lines(dumped.output);
        std::string sql;
        for (std::string line; std::getline(lines, line);)
            if (!line.starts_with("\\")) sql += line + "\n"; // what psql alone understands
        if (sql.find("CREATE TABLE") == std::string::npos)
            throw RunError(fmt::format("pg_dump of {} on {} yields no table: {}", name, from.name,
                                       pg::one_line(dumped.errors)));
        to.query(sql);
    }

    /// Reference tables are not written, so they are copied as they are.
    void copy_references() {
        for (const auto& [node, shards] : shards_) {
            pg::Client client(cluster_.conninfo(*node), stop_);
            client.query(cluster_sql("create_schema"));
            for (const auto& table : references_) {
                const auto exists = client.query(cluster_sql("table_exists"), {qualified(table)});
                if (exists.text(0, 0) == "t") continue;
                create_like(client, cluster_.nodes().front(), table);
                pg::CopyBuffer rows;
                entry_.copy_out(fmt::format("copy {} to stdout (format binary)", qualified(table)),
                                [&](std::string_view row) { rows.append(row); });
                client.copy_in(fmt::format("copy {} from stdin (format binary)", qualified(table)),
                               rows);
                log_(fmt::format("copied {} to {}", table, node->name));
            }
        }
    }

    LocalCluster& cluster_;
    const StopFlag& stop_;
    const ScaleLog& log_;
    pg::Client entry_;
    std::map<const Node*, std::set<std::string>> shards_;
    std::set<std::string> tables_;
    std::set<std::string> references_;
    int modulus_ = 0;
};

} // namespace

void spread_fdw(LocalCluster& cluster, const StopFlag& stop, const ScaleLog& log) {
    FdwSpread(cluster, stop, log).run();
}

} // namespace citusbench
