#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "observe/async_query.hpp"
#include "observe/monitored_cluster.hpp"

namespace citusbench {

/// A value of a sample. `node` is empty where it is about the node that was asked.
struct NodeValue {
    std::string node;
    std::string metric;
    double value = 0;
};

/// Samples one node again and again.
class NodeSampler {
  public:
    virtual ~NodeSampler() = default;
    /// Begins sample `number`, counted from 0; the query lives as long as this object.
    virtual AsyncQuery& begin(std::uint64_t number) = 0;
    /// Ends the sample with what has come; nothing at all where the node did not answer. Without
    /// `up`, which follows from that.
    virtual std::vector<NodeValue> end() = 0;
    /// Why the last sample has no values although the node is there; else empty.
    virtual std::string error() const { return {}; }
};

/// A kind of node that can be sampled; the first registration that applies is used.
struct SamplerRegistration {
    std::string_view kind;
    std::string_view summary;
    bool (*applies_to)(const Node& node);
    /// `cluster` must outlive the sampler.
    std::unique_ptr<NodeSampler> (*make)(const MonitoredNode& node,
                                         const MonitoredCluster& cluster);
};

/// A new kind is a file <kind>_sampler.cpp and a line in node_sampler.cpp.
std::span<const SamplerRegistration> sampler_registry();
/// nullptr for a node that nothing samples.
std::unique_ptr<NodeSampler> make_sampler(const MonitoredNode& node,
                                          const MonitoredCluster& cluster);

} // namespace citusbench
