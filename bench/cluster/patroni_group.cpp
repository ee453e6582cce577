#include "cluster/patroni_group.hpp"

#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "os/http_client.hpp"
#include "pg/client.hpp"
#include "topology/target_name.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;

constexpr auto leader_timeout = 30s;
constexpr int http_ok = 200;

HttpRequest request_to(const Node& member, std::string path, std::string json = {}) {
    return {member.host, member.more_ports.at(more_port::patroni_rest), std::move(path),
            std::move(json)};
}

} // namespace

PatroniGroup::PatroniGroup(const ClusterState& state, int group) : state_(state) {
    for (const auto& node : state.nodes)
        if (node.kind == NodeKind::patroni && node.group == group) members_.push_back(node);
    if (members_.empty())
        throw UsageError(
            fmt::format("topology {} has no nodes that Patroni manages", state.spec.topology));
}

std::optional<std::string> PatroniGroup::find_leader() const {
    for (const auto& member : members_) {
        // 200 only from a primary that holds the leader's key.
        const auto answer = ask_http(request_to(member, "/primary"), 1s);
        if (answer && answer->status == http_ok) return member.name;
    }
    return std::nullopt;
}

std::string PatroniGroup::leader() const {
    const auto deadline = now_ticks() + to_ticks(leader_timeout);
    do {
        if (auto found = find_leader()) return *found;
        std::this_thread::sleep_for(50ms);
    } while (now_ticks() < deadline);
    throw RunError(fmt::format(
        "no leader found: none of {} members reported at its REST port within {} s that it leads",
        members_.size(), leader_timeout.count()));
}

void PatroniGroup::await_standby(const StopFlag& stop) const {
    const auto deadline = now_ticks() + to_ticks(leader_timeout);
    while (true) {
        int answers = 0;
        for (const auto& member : members_) {
            const auto answer = ask_http(request_to(member, "/cluster"), 1s);
            if (answer) ++answers;
            if (answer && answer->body.find("\"sync_standby\"") != std::string::npos) return;
        }
        if (answers == 1) return; // no other member can follow it
        if (now_ticks() > deadline)
            throw RunError(
                fmt::format("{}: Patroni made no member a synchronous standby within {} s",
                            members_.front().name, leader_timeout.count()));
        stop.check();
        std::this_thread::sleep_for(20ms);
    }
}

Ticks PatroniGroup::switch_over(const std::string& from, const StopFlag& stop) const {
    const nlohmann::json order = {{"leader", from}};
    const auto answer =
        ask_http(request_to(state_.at(from), "/switchover", order.dump()), leader_timeout);
    if (!answer || answer->status != http_ok)
        throw RunError(fmt::format("{}: Patroni refused the switchover: {}", from,
                                   answer ? answer->body : "no answer"));
    const auto deadline = now_ticks() + to_ticks(leader_timeout);
    while (true) {
        const auto now = find_leader();
        if (now && *now != from && pg::answers_query(state_.conninfo(state_.at(*now)), 1s))
            return now_ticks();
        if (now_ticks() > deadline)
            throw RunError(fmt::format("{}: no member leads {} s after the switchover", from,
                                       leader_timeout.count()));
        stop.check();
        std::this_thread::sleep_for(5ms);
    }
}

} // namespace citusbench
