#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cluster/manifest/manifest.hpp"
#include "core/time.hpp"

namespace citusbench {

/// Breaks and mends one node of a manifest, by the way that it names. One handle_<way>.cpp each.
/// Thread-safe.
class NodeHandle {
  public:
    virtual ~NodeHandle() = default;
    /// Returns when it is done, as far as the way can tell: the moment, where this way knows it
    /// better than who calls. Throws RunError with what was said. Only for what
    /// ManifestNode::can().
    virtual std::optional<Ticks> act(NodeAction action) = 0;
    /// Waits for what an action left going on; throws RunError where that failed.
    virtual void settle() {}
    /// "running", "paused", "gone"; empty where this way cannot tell.
    virtual std::string state() const = 0;
};

/// nullptr for a node without control. `node` must outlive it.
std::unique_ptr<NodeHandle> make_handle(const ManifestNode& node);

std::unique_ptr<NodeHandle> make_process_handle(const ManifestNode& node);
std::unique_ptr<NodeHandle> make_container_handle(const ManifestNode& node);
std::unique_ptr<NodeHandle> make_command_handle(const ManifestNode& node);

/// Runs a command in the shell; its exit code, and the last lines of what it said in `said`.
int run_in_shell(const std::string& command, std::string& said);
/// The same; throws RunError where it fails.
void must_run_in_shell(const std::string& node, const std::string& command);

} // namespace citusbench
