#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "observe/observed_cluster.hpp"
#include "observe/question.hpp"

namespace citusbench {

/// A value of a sample. `node` is empty where it is about the node that was asked.
struct NodeValue {
    std::string node;
    std::string metric;
    double value = 0;
};

/// Looks at one node again and again.
class NodeWatch {
  public:
    virtual ~NodeWatch() = default;
    /// Begins sample `number`, counted from 0; the question lives as long as this object.
    virtual Question& begin(std::uint64_t number) = 0;
    /// Ends the sample with what has come; nothing at all where the node did not answer. Without
    /// `up`, which follows from that.
    virtual std::vector<NodeValue> end() = 0;
    /// Why the last sample has no values although the node is there; else empty.
    virtual std::string trouble() const { return {}; }
};

/// A kind of node that can be watched; the first that fits takes it.
struct WatchEntry {
    std::string_view kind;
    std::string_view summary;
    bool (*watches)(const Node& node);
    /// `cluster` must outlive the watch.
    std::unique_ptr<NodeWatch> (*make)(const ObservedNode& node, const ObservedCluster& cluster);
};

/// A new kind is a file watch_<kind>.cpp and a line in watch_registry.cpp.
std::span<const WatchEntry> watch_registry();
/// nullptr for a node that nothing watches.
std::unique_ptr<NodeWatch> make_watch(const ObservedNode& node, const ObservedCluster& cluster);

} // namespace citusbench
