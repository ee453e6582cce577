#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cluster/state/cluster_state.hpp"
#include "core/time.hpp"
#include "network/network_control.hpp"
#include "network/packet_rules.hpp"
#include "network/tcp_proxy.hpp"

namespace citusbench {

/// Network faults of the nodes of one cluster, by the proxies in front of some and by packet rules.
/// They affect what others send to a node's port, and the replies; connections from the node to
/// others continue.
class ClusterNetwork final : public NetworkControl {
  public:
    /// `state` must outlive this.
    explicit ClusterNetwork(const ClusterState& state) : state_(&state), rules_(state.folder) {}

    /// A proxy in front of each node whose two ports differ; replaces those that are there. Throws
    /// PortTaken, RunError.
    void start_proxies();

    bool has_proxy(const std::string& node) const;
    /// Throws RunError if there is neither a proxy nor the right to packet rules.
    Ticks cut(const std::vector<std::string>& names) override;
    Ticks restore(const std::vector<std::string>& names) override;
    bool is_cut(const std::string& node) const override;
    /// As TcpProxy::set_delay(). Throws RunError for a node without a proxy.
    Ticks set_delay(const std::vector<std::string>& names, Nanoseconds delay) override;
    std::string way_of_cutting(const std::vector<std::string>& names) const override;
    /// Of the proxies.
    Nanoseconds cpu() const override;

  private:
    TcpProxy* proxy_of(const std::string& node) const;
    const PacketTool& tool() const;
    std::vector<std::uint16_t> ports_without_proxy(const std::vector<std::string>& names) const;

    const ClusterState* state_;
    mutable std::mutex mutex_;
    mutable PacketTool tool_;
    mutable bool looked_for_tool_ = false;
    PacketRules rules_;
    std::map<std::string, std::unique_ptr<TcpProxy>> proxies_;
    std::map<std::string, bool> cut_; ///< of those with a proxy
};

} // namespace citusbench
