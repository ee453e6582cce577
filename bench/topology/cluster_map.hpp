#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/routing_key.hpp"

namespace citusbench {

/// Which of several independent clusters owns a key, decided by the application: CRC-32 (that of
/// zlib, IEEE 802.3) of the key's text, modulo the number of clusters. docs/ROUTING.md has it in
/// other languages. It has nothing in common with the hashes that place shards within a cluster,
/// so each cluster's keys fill all of its shards.
class ClusterMap {
  public:
    explicit ClusterMap(std::size_t clusters = 1) : clusters_(clusters) {}

    std::size_t clusters() const { return clusters_; }
    /// From 0. Throws std::logic_error for an operation without a key: it concerns every cluster.
    std::size_t owner_of(const RoutingKey& key) const;

  private:
    std::size_t clusters_;
};

/// The letter of a cluster in the names of its nodes: "a" for 0.
inline std::string cluster_letter(std::size_t cluster) {
    return {static_cast<char>('a' + static_cast<char>(cluster))};
}

/// a to z.
inline constexpr std::size_t max_clusters = 26;

} // namespace citusbench
