#include <fmt/format.h>

#include "os/http_client.hpp"
#include "os/run_command.hpp"
#include "os/server_user.hpp"
#include "service/server_settings.hpp"
#include "service/service_kinds.hpp"

namespace citusbench {
namespace {

/// A frontend of the balancer: a port, and where it leads.
struct Frontend {
    std::string name;
    std::uint16_t port;
    std::string path; ///< of Patroni's REST interface
    std::vector<Node> servers;
};

/// Checks the servers by their answer to a login.
std::string pgsql_frontend(const Frontend& frontend, const std::string& host) {
    TemplateInput input;
    input.values = {{"NAME", frontend.name},
                    {"LISTEN", fmt::format("{}:{}", host, frontend.port)},
                    {"CHECK_USER", std::string(check_user)},
                    {"RESOLVE", ""}};
    const auto servers = addresses_of(frontend.servers);
    input.lists.emplace("PRIMARY", std::vector{servers.front()});
    input.lists.emplace("SECONDARY", std::vector(servers.begin() + 1, servers.end()));
    return cluster_template("haproxy-pgsql.cfg.in", input);
}

/// Checks the servers by their Patroni.
std::string patroni_frontend(const Frontend& frontend, const std::string& host) {
    TemplateInput input;
    input.values = {{"NAME", frontend.name},
                    {"PATH", frontend.path},
                    {"LISTEN", fmt::format("{}:{}", host, frontend.port)},
                    {"RESOLVE", ""}};
    auto members = addresses_of(frontend.servers);
    for (std::size_t i = 0; i < members.size(); ++i)
        members[i]["REST"] =
            std::to_string(frontend.servers[i].more_ports.at(more_port::patroni_rest));
    input.lists.emplace("MEMBER", members);
    return cluster_template("haproxy-patroni.cfg.in", input);
}

std::vector<Frontend> member_frontends(const ClusterState& state, const Node& node) {
    std::vector<Frontend> frontends = {
        {"leader", node.server_port, "/primary", state.coordinators()},
        {"replicas", node.more_ports.at(more_port::haproxy_replicas), "/replica",
         state.coordinators()}};
    for (const auto& member : state.databases(Role::worker)) {
        if (member.kind != NodeKind::patroni) continue;
        const auto group = static_cast<std::size_t>(member.group);
        if (group >= frontends.size() - 1) // the first of its group, whose name the group has
            frontends.push_back(
                {member.name, node.more_ports.at(more_port::haproxy_group(group)), "/primary", {}});
        frontends.back().servers.push_back(member);
    }
    return frontends;
}

/// A server's column check_status at first.
constexpr auto unchecked = ",INI,";

class HaproxyService final : public Service {
  public:
    void require(const std::string& topology) const override {
        require_program("haproxy", "haproxy", topology);
    }

    std::string version(const ClusterState& /*state*/) const override {
        // "HAProxy version 2.6.12-1+deb12u1 2023/12/16 - https://haproxy.org/"
        return "haproxy " +
               word_after("version ", output_of({find_program("haproxy").string(), "-v"}));
    }

    void configure(const ClusterState& state, const Node& node) const override {
        TemplateInput input;
        const auto statistics = node.more_ports.at(more_port::haproxy_statistics);
        input.values = {{"STATISTICS", fmt::format("{}:{}", node.host, statistics)},
                        {"SOCKET", "unix@./haproxy.sock"},
                        {"CONNECTIONS", std::to_string(balancer_connections(state))}};
        input.lists["NAME_SERVER"]; // none: servers have addresses here
        auto text = cluster_template("haproxy.cfg.in", input);
        const auto coordinators = state.coordinators();
        if (coordinators.front().kind == NodeKind::patroni)
            for (const auto& frontend : member_frontends(state, node))
                text += patroni_frontend(frontend, node.host);
        else
            text += pgsql_frontend({"coordinators", node.server_port, "", coordinators}, node.host);
        write_server_file(config_file(state, node), text);
    }

    Command command(const ClusterState& state, const Node& node) const override {
        return service_command(
            state, node,
            {find_program("haproxy").string(), "-db", "-f", config_file(state, node).string()});
    }

    /// HAProxy regards a server as up until its first check is done: until then it could send a
    /// client to a standby.
    bool answers(const ClusterState& state, const Node& node) const override {
        using namespace std::chrono_literals;
        const auto port = node.more_ports.at(more_port::haproxy_statistics);
        const auto statistics = ask_http({node.host, port, "/;csv", ""}, 1s);
        if (!statistics || statistics->body.find(unchecked) != std::string::npos) return false;
        return balancer_answers(state, node, state.coordinators());
    }

    int start_order() const override { return start_order::balancer; }

  private:
    static std::filesystem::path config_file(const ClusterState& state, const Node& node) {
        return state.run_dir(node) / "haproxy.cfg";
    }
};

} // namespace

const Service& haproxy_service() {
    static const HaproxyService service;
    return service;
}

} // namespace citusbench
