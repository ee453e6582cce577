#pragma once

#include <mutex>
#include <set>

#include "cluster/state/cluster_state.hpp"
#include "containers/container_engine.hpp"
#include "network/network_control.hpp"

namespace citusbench {

/// Network faults of nodes that are containers. Packet rules in a node's own network namespace cut
/// it off: all that it sends or receives is dropped. A container that joins the namespace makes the
/// rules; they end with the node.
class ComposeNetwork final : public NetworkControl {
  public:
    /// Both must outlive this.
    ComposeNetwork(const ClusterState& state, const ContainerEngine& engine)
        : state_(state), engine_(engine) {}

    /// Names of nodes and the containers that they are now.
    void know(std::map<std::string, std::string> ids, std::string image);

    Ticks cut(const std::vector<std::string>& names) override;
    Ticks restore(const std::vector<std::string>& names) override;
    bool is_cut(const std::string& node) const override;
    /// Throws RunError: there is nothing in front of a container.
    Ticks set_delay(const std::vector<std::string>& names, Nanoseconds delay) override;
    std::string way_of_cutting(const std::vector<std::string>& names) const override;
    Nanoseconds cpu() const override { return Nanoseconds(0); }

  private:
    void apply(const std::vector<std::string>& names, const std::string& rules) const;

    const ClusterState& state_;
    const ContainerEngine& engine_;
    std::map<std::string, std::string> ids_;
    std::string image_;
    mutable std::mutex mutex_;
    std::set<std::string> cut_;
};

} // namespace citusbench
