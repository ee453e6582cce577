#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cluster/manifest/manifest.hpp"
#include "core/time.hpp"

namespace citusbench {

/// Injects and heals faults of one node of a manifest, by the kind of control that it names. One
/// <kind>_controller.cpp each. Thread-safe.
class NodeController {
  public:
    virtual ~NodeController() = default;
    /// Returns when the action is done, as far as this controller knows; the moment, if it knows it
    /// better than the caller. Throws RunError with the output. Only for actions that
    /// ManifestNode::can() allows.
    virtual std::optional<Ticks> act(NodeAction action) = 0;
    /// Waits for what an action still has to do in the background; throws RunError if that failed.
    virtual void wait_for_completion() {}
    /// "running", "paused", "gone"; empty where this controller does not know.
    virtual std::string state() const = 0;
};

/// nullptr for a node without control. `node` must outlive it.
std::unique_ptr<NodeController> make_controller(const ManifestNode& node);

std::unique_ptr<NodeController> make_process_controller(const ManifestNode& node);
std::unique_ptr<NodeController> make_container_controller(const ManifestNode& node);
std::unique_ptr<NodeController> make_command_controller(const ManifestNode& node);

/// Runs a command in the shell; its exit code, and the last lines of what it said in `said`.
int run_in_shell(const std::string& command, std::string& said);
/// The same; throws RunError where it fails.
void must_run_in_shell(const std::string& node, const std::string& command);

} // namespace citusbench
