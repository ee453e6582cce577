#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/node.hpp"
#include "core/routing_key.hpp"

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
    ShardMap(Engine engine, int shards) : engine_(engine), shards_(shards) {}
    /// Citus: shard number from its equal ranges of the 32-bit hash; fdw: the partition's
    /// remainder; postgres: always 0.
    int shard_of(const RoutingKey& key) const;
    int shards() const { return engine_ == Engine::postgres ? 1 : shards_; }

  private:
    Engine engine_;
    int shards_;
};

} // namespace citusbench
