#include "service/service.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include <fmt/format.h>

#include "core/error.hpp"
#include "os/ports.hpp"
#include "pg/client.hpp"
#include "service/server_settings.hpp"
#include "service/service_kinds.hpp"

namespace citusbench {

const Service& service_of(NodeKind kind) {
    switch (kind) {
    case NodeKind::nginx:
        return nginx_service();
    case NodeKind::haproxy:
        return haproxy_service();
    case NodeKind::etcd:
        return etcd_service();
    case NodeKind::patroni:
        return patroni_service();
    case NodeKind::pgbouncer:
        return pgbouncer_service();
    case NodeKind::postgres:
        break;
    }
    return postgres_service();
}

bool answers_at_its_port(const ClusterState& state, const Node& node) {
    // Standbys and balancers without a leader count as answering, too.
    if (node.takes_queries()) return pg::answers_query(state.conninfo(node), answer_timeout);
    auto there = node;
    there.server_port = node.port;
    return service_of(node.kind).answers(state, there);
}

void require_programs(const ClusterSpec& spec) {
    std::set<NodeKind> kinds;
    for (const auto& node : nodes_of(spec)) kinds.insert(node.kind);
    for (const auto kind : kinds) service_of(kind).require(spec.topology);
}

std::filesystem::path find_program(std::string_view name) {
    const char* path = std::getenv("PATH");
    // Servers live in folders that the PATH of ordinary users often lacks.
    const auto folders =
        std::string(path ? path : "") + ":/usr/local/sbin:/usr/sbin:/usr/bin:/sbin";
    for (std::string_view rest(folders); !rest.empty();) {
        const auto end = std::min(rest.find(':'), rest.size());
        auto file = std::filesystem::path(rest.substr(0, end)) / name;
        if (end > 0 && access(file.c_str(), X_OK) == 0 && !std::filesystem::is_directory(file))
            return file;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return {};
}

void refuse_missing(std::string_view what, std::string_view packages, const std::string& topology) {
    throw UsageError(fmt::format("--topology {}: {} is missing; install it with scripts/setup "
                                 "--topology {} (Debian: {})",
                                 topology, what, topology, packages));
}

std::filesystem::path require_program(std::string_view name, std::string_view packages,
                                      const std::string& topology) {
    auto program = find_program(name);
    if (program.empty()) refuse_missing(fmt::format("the program {}", name), packages, topology);
    return program;
}

std::string word_after(std::string_view mark, const std::string& text) {
    const auto at = text.find(mark);
    if (at == std::string::npos) return {};
    const auto begin = at + mark.size();
    return text.substr(begin, text.find_first_of(" \n", begin) - begin);
}

Command service_command(const ClusterState& state, const Node& node,
                        std::vector<std::string> args) {
    Command command;
    command.args = std::move(args);
    command.directory = state.run_dir(node);
    command.log = state.log_file(node.name);
    command.as_server_user = true;
    command.use_reaper = true;
    return command;
}

std::vector<TemplateValues> addresses_of(const std::vector<Node>& nodes) {
    std::vector<TemplateValues> addresses;
    for (const auto& node : nodes)
        addresses.push_back(
            {{"NAME", node.name}, {"HOST", node.host}, {"PORT", std::to_string(node.port)}});
    return addresses;
}

int balancer_connections(const ClusterState& state) {
    return max_connections(state.spec);
}

bool balancer_answers(const ClusterState& state, const Node& node,
                      const std::vector<Node>& servers) {
    using namespace std::chrono_literals;
    if (pg::answers_query(state.server_conninfo(node), 1s, "select not pg_is_in_recovery()"))
        return true;
    const bool any = std::any_of(servers.begin(), servers.end(), [&](const Node& server) {
        return pg::answers_query(state.server_conninfo(server), 500ms);
    });
    return !any && accepts_connections(node.host, node.server_port);
}

} // namespace citusbench
