#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cluster/state/cluster_state.hpp"
#include "containers/container_engine.hpp"
#include "containers/container_stop_watcher.hpp"
#include "core/stop_flag.hpp"
#include "core/time.hpp"

namespace citusbench {

/// Starts, stops, kills and pauses nodes that are containers. The contracts are those of Cluster;
/// each function waits until the engine confirms it. When nodes end, the end of their processes is
/// the returned moment, if the processes can be seen; wait_for_completion() and the next action
/// wait until the engine and a client see it, too.
class ComposeControl {
  public:
    /// Both must outlive this.
    ComposeControl(const ClusterState& state, const ContainerEngine& engine)
        : state_(state), engine_(engine) {}

    /// Names of nodes and the containers that they are.
    void know(std::map<std::string, std::string> ids) { ids_ = std::move(ids); }

    Ticks end(const std::vector<std::string>& names, bool graceful);
    Ticks pause(const std::vector<std::string>& names);
    Ticks resume(const std::vector<std::string>& names);
    Ticks start(const std::vector<std::string>& names, const StopFlag& stop);
    /// Throws RunError where a client still reaches a node that has ended.
    void wait_for_completion() { stop_watcher_.wait_for_completion(); }
    std::string state(const Node& node) const;

  private:
    using Ids = std::vector<std::string>;
    Ids ids_of(const std::vector<std::string>& names) const;
    /// "running", "paused", "exited", …
    std::string status(const std::string& id) const;
    /// The nodes with this status.
    Ids with_status(const Ids& ids, const std::string& wanted) const;
    void await_status(const std::vector<std::string>& names,
                      const std::function<bool(const std::string&)>& is_it,
                      std::string_view wanted) const;
    bool answers(const Node& node) const;
    void await_answer(const Node& node, const StopFlag& stop) const;

    const ClusterState& state_;
    const ContainerEngine& engine_;
    std::map<std::string, std::string> ids_;
    ContainerStopWatcher stop_watcher_;
};

} // namespace citusbench
