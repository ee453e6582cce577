#include "observe/service_status.hpp"

#include <algorithm>
#include <cstdlib>
#include <future>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/time.hpp"
#include "observe/async_query.hpp"
#include "observe/pgbouncer_sampler.hpp"
#include "os/http_client.hpp"
#include "topology/target_name.hpp"

namespace citusbench {
namespace {

using ParsedJson = nlohmann::json;
using namespace std::chrono_literals;

constexpr auto service_timeout = 1s;

std::uint64_t number_in(const ParsedJson& member, const char* field) {
    const auto at = member.find(field); // Patroni says "unknown" where it does not know
    return at != member.end() && at->is_number_unsigned() ? at->get<std::uint64_t>() : 0;
}

std::string text_in(const ParsedJson& member, const char* field) {
    const auto at = member.find(field);
    return at != member.end() && at->is_string() ? at->get<std::string>() : "";
}

MemberStatus read_member(const ParsedJson& member, int group) {
    MemberStatus status;
    status.group = group;
    status.name = text_in(member, "name");
    status.role = text_in(member, "role");
    status.state = text_in(member, "state");
    status.timeline = number_in(member, "timeline");
    if (const auto lag = member.find("lag"); lag != member.end() && lag->is_number_unsigned())
        status.lag_bytes = lag->get<std::uint64_t>();
    return status;
}

/// Nothing if the answer does not come from Patroni.
std::vector<MemberStatus> members_in(const std::string& body, int group) {
    std::vector<MemberStatus> members;
    const auto document = ParsedJson::parse(body, nullptr, false);
    if (!document.is_object() || !document.contains("members")) return members;
    for (const auto& member : document["members"]) members.push_back(read_member(member, group));
    return members;
}

/// As reported by the first member of the group that answers.
std::vector<MemberStatus> ask_group(const std::vector<Node>& nodes, int group) {
    for (const auto& node : nodes) {
        if (node.kind != NodeKind::patroni || node.group != group) continue;
        const auto port = node.more_ports.at(more_port::patroni_rest);
        const auto answer = ask_http({node.host, port, "/cluster", ""}, service_timeout);
        if (!answer) continue;
        if (auto members = members_in(answer->body, group); !members.empty()) return members;
    }
    return {};
}

std::vector<std::string> fields_of(const std::string& line) {
    std::vector<std::string> fields;
    std::istringstream in(line);
    for (std::string field; std::getline(in, field, ',');) fields.push_back(field);
    return fields;
}

std::uint64_t count_in(const std::string& text) {
    return text.empty() ? 0 : std::strtoull(text.c_str(), nullptr, 10);
}

} // namespace

std::vector<BackEndStatus> read_haproxy_statistics(const std::string& csv,
                                                   const std::string& balancer) {
    std::vector<BackEndStatus> back_ends;
    std::istringstream lines(csv);
    std::string line;
    std::getline(lines, line);
    const auto names = fields_of(line.starts_with("# ") ? line.substr(2) : line);
    const auto column = [&](const char* name) {
        return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) -
                                        names.begin());
    };
    const auto way = column("pxname");
    const auto server = column("svname");
    const auto state = column("status");
    const auto current = column("scur");
    const auto most = std::max({way, server, state, current});
    if (most >= names.size()) return back_ends; // something else answered
    while (std::getline(lines, line)) {
        const auto fields = fields_of(line);
        if (most >= fields.size()) continue;
        if (fields[server] == "FRONTEND" || fields[server] == "BACKEND") continue;
        back_ends.push_back({balancer, fields[way], fields[server],
                             fields[state].starts_with("UP") ? "up" : "down",
                             count_in(fields[current])});
    }
    return back_ends;
}

namespace {

std::vector<BackEndStatus> ask_haproxy(const Node& node) {
    const auto port = node.more_ports.at(more_port::haproxy_statistics);
    const auto answer = ask_http({node.host, port, "/;csv", ""}, service_timeout);
    return answer ? read_haproxy_statistics(answer->body, node.name) : std::vector<BackEndStatus>();
}

/// nginx without its commercial part has no statistics of its stream.
std::vector<BackEndStatus> of_nginx(const ClusterState& cluster, const Node& node) {
    std::vector<BackEndStatus> back_ends;
    for (const auto& server : cluster.coordinators())
        back_ends.push_back({node.name, "coordinators", server.name, "not told", std::nullopt});
    return back_ends;
}

/// PgBouncer does not report whether the node behind it answers.
std::vector<BackEndStatus> ask_pgbouncer(const ClusterState& cluster, const Node& node) {
    NodeConnection console(cluster.console_conninfo(node));
    console.ask(pools_query);
    AsyncQuery* const queries[] = {&console};
    poll_until(queries, now_ticks() + to_ticks(service_timeout), -1);
    const auto results = console.take();
    if (!results) return {};
    const auto pools = read_pools(*results);
    return {
        {node.name, "pool", node.upstream, "not told", pools.servers_active + pools.servers_idle}};
}

void check_members(const std::vector<Node>& nodes, int group, ClusterStatus& status) {
    const auto find_member = [&](const std::string& name) {
        return std::find_if(status.members.begin(), status.members.end(),
                            [&](const MemberStatus& member) { return member.name == name; });
    };
    const bool has_leader =
        std::any_of(status.members.begin(), status.members.end(), [&](const MemberStatus& member) {
            return member.group == group && member.role == "leader" && member.state == "running";
        });
    std::vector<std::string> names;
    for (const auto& node : nodes) {
        if (node.kind != NodeKind::patroni || node.group != group) continue;
        names.push_back(node.name);
        const auto member = find_member(node.name);
        if (member == status.members.end())
            status.reasons.push_back(
                fmt::format("{} is not among the members that Patroni lists", node.name));
        else if (member->state != "running" && member->state != "streaming")
            status.reasons.push_back(
                fmt::format("{} is {} according to Patroni", node.name, member->state));
    }
    if (!has_leader)
        status.reasons.push_back(fmt::format("no member of {} leads", fmt::join(names, ", ")));
}

void check_back_ends(const std::string& balancer, ClusterStatus& status) {
    std::vector<std::pair<std::string, bool>> ways;
    for (const auto& back_end : status.back_ends) {
        if (back_end.balancer != balancer || back_end.state == "not told") continue;
        if (ways.empty() || ways.back().first != back_end.frontend)
            ways.emplace_back(back_end.frontend, false);
        ways.back().second = ways.back().second || back_end.state == "up";
    }
    for (const auto& [way, has_server] : ways)
        if (!has_server)
            status.reasons.push_back(
                fmt::format("{} has no server to pass connections to {} on to", balancer, way));
}

} // namespace

void collect_service_status(const ClusterState& cluster, ClusterStatus& status) {
    std::vector<int> groups;
    std::vector<std::future<std::vector<MemberStatus>>> members;
    std::vector<std::future<std::vector<BackEndStatus>>> back_ends;
    for (const auto& node : cluster.nodes) {
        const bool is_new = std::find(groups.begin(), groups.end(), node.group) == groups.end();
        if (node.kind == NodeKind::patroni && is_new) {
            groups.push_back(node.group);
            members.push_back(
                std::async(std::launch::async, ask_group, std::cref(cluster.nodes), node.group));
        }
        // A manifest may lack the address of HAProxy's statistics.
        if (node.kind == NodeKind::haproxy && !node.more_ports.empty())
            back_ends.push_back(std::async(std::launch::async, ask_haproxy, std::cref(node)));
        if (node.kind == NodeKind::nginx)
            back_ends.push_back(
                std::async(std::launch::deferred, of_nginx, std::cref(cluster), std::cref(node)));
        if (node.kind == NodeKind::pgbouncer)
            back_ends.push_back(
                std::async(std::launch::async, ask_pgbouncer, std::cref(cluster), std::cref(node)));
    }
    const auto append = [](auto& to, auto& answers) {
        for (auto& answer : answers)
            for (auto& each : answer.get()) to.push_back(std::move(each));
    };
    append(status.members, members);
    append(status.back_ends, back_ends);
    for (const int group : groups) check_members(cluster.nodes, group, status);
    for (const auto& node : cluster.nodes)
        if (node.role == Role::balancer) check_back_ends(node.name, status);
}

} // namespace citusbench
