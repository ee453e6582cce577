#include "cluster/local/cluster_network.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"

namespace citusbench {

void ClusterNetwork::start_proxies() {
    const std::scoped_lock lock(mutex_);
    proxies_.clear();
    for (const auto& node : state_->nodes)
        if (node.port != node.server_port)
            proxies_[node.name] =
                std::make_unique<TcpProxy>(TcpProxy::Address{node.host, node.port},
                                           TcpProxy::Address{node.host, node.server_port});
}

TcpProxy* ClusterNetwork::proxy_of(const std::string& node) const {
    const auto found = proxies_.find(state_->at(node).name);
    return found == proxies_.end() ? nullptr : found->second.get();
}

bool ClusterNetwork::has_proxy(const std::string& node) const {
    const std::scoped_lock lock(mutex_);
    return proxy_of(node) != nullptr;
}

const PacketTool& ClusterNetwork::tool() const {
    if (!looked_for_tool_) tool_ = find_packet_tool();
    looked_for_tool_ = true;
    return tool_;
}

std::vector<std::uint16_t>
ClusterNetwork::ports_without_proxy(const std::vector<std::string>& names) const {
    std::vector<std::uint16_t> ports;
    for (const auto& name : names)
        if (!proxy_of(name)) ports.push_back(state_->at(name).port);
    return ports;
}

Ticks ClusterNetwork::cut(const std::vector<std::string>& names) {
    const std::scoped_lock lock(mutex_);
    auto since = now_ticks();
    if (const auto ports = ports_without_proxy(names); !ports.empty()) {
        if (!tool())
            throw RunError(fmt::format("{} cannot be cut off: {}, and there is no proxy in front",
                                       names.front(), tool().why_not));
        rules_.drop(tool(), ports);
        since = now_ticks();
    }
    for (const auto& name : names) {
        auto* proxy = proxy_of(name);
        if (!proxy) continue;
        since = std::max(since, proxy->cut(true));
        cut_[name] = true;
    }
    return since;
}

Ticks ClusterNetwork::restore(const std::vector<std::string>& names) {
    const std::scoped_lock lock(mutex_);
    rules_.remove(ports_without_proxy(names));
    for (const auto& name : names) {
        if (auto* proxy = proxy_of(name)) proxy->cut(false);
        cut_[name] = false;
    }
    return now_ticks();
}

bool ClusterNetwork::is_cut(const std::string& node) const {
    const std::scoped_lock lock(mutex_);
    const auto found = cut_.find(node);
    if (found != cut_.end() && found->second) return true;
    const auto dropped = rules_.dropped();
    return std::find(dropped.begin(), dropped.end(), state_->at(node).port) != dropped.end();
}

Ticks ClusterNetwork::set_delay(const std::vector<std::string>& names, Nanoseconds delay) {
    const std::scoped_lock lock(mutex_);
    for (const auto& name : names)
        if (!proxy_of(name))
            throw RunError(fmt::format("{} cannot be made slow: there is no proxy in front", name));
    Ticks since = 0;
    for (const auto& name : names) since = std::max(since, proxy_of(name)->set_delay(delay));
    return since;
}

std::string ClusterNetwork::way_of_cutting(const std::vector<std::string>& names) const {
    const std::scoped_lock lock(mutex_);
    const auto by_rules = ports_without_proxy(names).size();
    if (by_rules == 0) return "proxy";
    const auto rules = fmt::format("packet rules ({})", tool().name);
    return by_rules == names.size() ? rules : rules + " and proxy";
}

Nanoseconds ClusterNetwork::cpu() const {
    const std::scoped_lock lock(mutex_);
    Nanoseconds sum{};
    for (const auto& [name, proxy] : proxies_) sum += proxy->cpu();
    return sum;
}

} // namespace citusbench
