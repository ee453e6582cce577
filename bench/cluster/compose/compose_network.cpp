#include "cluster/compose/compose_network.hpp"

#include <future>

#include <fmt/format.h>

#include "core/error.hpp"

namespace citusbench {
namespace {

/// Before every other rule of the namespace; the node's traffic to itself continues.
constexpr auto drop_all = "add table inet citusbench; "
                          "add chain inet citusbench in { type filter hook input priority -300; "
                          "policy drop; }; "
                          "add chain inet citusbench out { type filter hook output priority -300; "
                          "policy drop; }; "
                          "add rule inet citusbench in iif lo accept; "
                          "add rule inet citusbench out oif lo accept";
/// Adding first, so that there is something to delete.
constexpr auto drop_none = "add table inet citusbench; delete table inet citusbench";

} // namespace

void ComposeNetwork::know(std::map<std::string, std::string> ids, std::string image) {
    ids_ = std::move(ids);
    image_ = std::move(image);
}

void ComposeNetwork::apply(const std::vector<std::string>& names, const std::string& rules) const {
    std::vector<std::future<void>> running;
    for (const auto& name : names)
        running.push_back(std::async(std::launch::async, [&, id = ids_.at(state_.at(name).name)] {
            const StopFlag never_stop; // an incomplete change would be worse
            engine_.run({"run", "--rm", "--network", "container:" + id, "--cap-add", "NET_ADMIN",
                         "--user", "root", "--entrypoint", "nft", image_, rules},
                        never_stop);
        }));
    for (auto& one : running) one.wait();
    for (auto& one : running) one.get();
}

Ticks ComposeNetwork::cut(const std::vector<std::string>& names) {
    {
        const std::scoped_lock lock(mutex_);
        cut_.insert(names.begin(), names.end());
    }
    apply(names, drop_all);
    return now_ticks();
}

Ticks ComposeNetwork::restore(const std::vector<std::string>& names) {
    std::vector<std::string> there;
    for (const auto& name : names) {
        const auto status = engine_.output(
            {"inspect", "--format", "{{.State.Running}}", ids_.at(name)}, StopFlag());
        if (status.starts_with("true")) there.push_back(name); // else the rules went with it
    }
    apply(there, drop_none);
    const std::scoped_lock lock(mutex_);
    for (const auto& name : names) cut_.erase(name);
    return now_ticks();
}

bool ComposeNetwork::is_cut(const std::string& node) const {
    const std::scoped_lock lock(mutex_);
    return cut_.contains(node);
}

Ticks ComposeNetwork::set_delay(const std::vector<std::string>& names, Nanoseconds /*delay*/) {
    throw RunError(fmt::format("{} cannot be made slow: it is a container, and there is no proxy "
                               "in front",
                               names.front()));
}

std::string ComposeNetwork::way_of_cutting(const std::vector<std::string>& /*names*/) const {
    return "packet rules (nft) in the container";
}

} // namespace citusbench
