#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/routing_key.hpp"
#include "topology/cluster_map.hpp"
#include "topology/node.hpp"

namespace citusbench {

/// PostgreSQL's and Citus's hash functions, computed on the client.
/// hashint8() and hashtext() (C collation or deterministic ones), as Citus uses them for shards.
std::int32_t citus_hash(const RoutingKey& key);
/// The remainder class of a hash-partitioned table: hashint8extended()/hashtextextended() with the
/// seed of partitioning, combined as compute_partition_hash_value() does.
std::uint64_t partition_hash(const RoutingKey& key);

/// Which shard of a distributed table a key belongs to.
class ShardMap {
  public:
    /// `shards` of each cluster; those of several clusters are numbered one cluster after the
    /// other.
    ShardMap(Engine engine, int shards, ClusterMap clusters = ClusterMap())
        : engine_(engine), shards_(shards), clusters_(clusters) {}
    /// Citus: shard number from its equal ranges of the 32-bit hash; fdw: the partition's
    /// remainder; postgres: always 0.
    int shard_of(const RoutingKey& key) const {
        const auto shard = shard_within(key);
        if (clusters_.clusters() == 1) return shard;
        return static_cast<int>(clusters_.owner_of(key)) * shards_of_one() + shard;
    }
    /// Of all clusters.
    int shards() const { return static_cast<int>(clusters_.clusters()) * shards_of_one(); }
    int shards_of_one() const { return engine_ == Engine::postgres ? 1 : shards_; }

  private:
    int shard_within(const RoutingKey& key) const;

    Engine engine_;
    int shards_;
    ClusterMap clusters_;
};

} // namespace citusbench
