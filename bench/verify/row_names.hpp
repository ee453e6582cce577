#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "deployment/shard_map.hpp"
#include "pg/client.hpp"
#include "workload/workload.hpp"

namespace citusbench {

/// Names shards for people: Citus by their ids, fdw by number and worker; a plain PostgreSQL has
/// none.
class ShardNames {
  public:
    /// `shards` of each of the clusters. `workers`: names of the nodes that hold the partitions of
    /// fdw, in the order of the shards, of one cluster after the other.
    ShardNames(Engine engine, int shards, std::vector<std::string> workers,
               ClusterMap clusters = ClusterMap())
        : engine_(engine), clusters_(clusters), map_(engine, shards), workers_(std::move(workers)),
          ranges_(clusters.clusters()) {}

    /// Citus: reads the shards of a cluster's tables and their ranges of hashes.
    void read(pg::Client& client, const std::vector<pg::TableSpec>& tables,
              std::size_t cluster = 0);
    const ClusterMap& clusters() const { return clusters_; }
    /// ", shard 102011", or an empty text.
    std::string of(std::size_t table, const RoutingKey& key) const;

  private:
    struct Range {
        std::int64_t least;
        std::string id;
    };
    Engine engine_;
    ClusterMap clusters_;
    ShardMap map_; ///< within a cluster
    std::vector<std::string> workers_;
    std::vector<std::vector<std::vector<Range>>> ranges_; ///< by cluster and table, ascending
};

/// Says which row it is: "messages id 8796093022848 (run 1, operation 5, room_id 17, shard
/// 102011)".
class RowNames {
  public:
    RowNames(const Workload& workload, ShardNames shards);

    /// Of a row in CopyBuffer's format.
    std::string of(std::size_t table, std::string_view row) const;
    const std::string& table(std::size_t table) const;
    const std::string& column(std::size_t table, std::size_t column) const;
    std::size_t id_column(std::size_t table) const { return id_columns_[table]; }
    /// The routing key of a row, its text within the row; none where it is null.
    RoutingKey key(std::size_t table, std::string_view row) const;
    const ClusterMap& clusters() const { return shards_.clusters(); }

  private:
    std::string key_text(std::size_t table, std::string_view row) const;

    const Workload& workload_;
    ShardNames shards_;
    std::vector<std::size_t> id_columns_;
    std::vector<std::size_t> key_columns_;
};

} // namespace citusbench
