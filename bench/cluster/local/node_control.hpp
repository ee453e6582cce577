#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cluster/state/cluster_state.hpp"
#include "core/stop_flag.hpp"
#include "core/time.hpp"
#include "os/ports.hpp"

namespace citusbench {

/// Starts, stops, kills and pauses the servers of one cluster, whoever started them. The contracts
/// are those of LocalCluster. Thread-safe, because nothing is remembered: servers are found in
/// /proc each time.
class NodeControl {
  public:
    explicit NodeControl(const ClusterState& state) : state_(&state) {}

    /// Nodes that others need start first. `options` are further arguments of postgres, which then
    /// runs without Patroni and has no database yet. Throws PortTaken, RunError, Interrupted.
    Ticks start(const std::vector<std::string>& names, const StopFlag& stop,
                const std::vector<std::string>& options = {});
    Ticks stop(const std::vector<std::string>& names);
    Ticks kill(const std::vector<std::string>& names);
    Ticks kill_postmaster(const std::vector<std::string>& names);
    Ticks pause(const std::vector<std::string>& names);
    Ticks resume(const std::vector<std::string>& names);
    std::string state(const Node& node) const;

  private:
    struct Starting;
    void spawn(Starting& node, const std::vector<std::string>& options);
    bool answers(const Starting& node) const;
    bool check(Starting& node);
    void await(Starting& node, Ticks waited, const std::vector<std::string>& options);
    bool is_running(const Node& node) const;
    void ask_to_stop(const Node& node);
    void start_together(const std::vector<const Node*>& nodes, const StopFlag& stop,
                        const std::vector<std::string>& options);

    const ClusterState* state_;
};

/// Ends every server below `server_folder` and deletes what it left in shared memory; the folder
/// itself stays. Works without any state file.
void kill_and_clean(const std::filesystem::path& server_folder);

} // namespace citusbench
