#include <cstdlib>

#include <fmt/format.h>

#include "os/run_command.hpp"
#include "os/server_user.hpp"
#include "service/server_settings.hpp"
#include "service/service_kinds.hpp"

namespace citusbench {
namespace {

/// Of one client; more than any mix has operations.
constexpr auto prepared_statements = "200";

std::string pgbouncer_version() {
    return word_after("PgBouncer ", output_of({find_program("pgbouncer").string(), "--version"}));
}

/// Above max_client_conn, PgBouncer refuses clients; besides those of the load there are
/// reconnects, cancel requests and readers of its statistics.
int max_clients(const ClusterState& state) {
    constexpr int others = 100;
    constexpr int per_connection = 4;
    return others + per_connection * state.spec.connections;
}

class PgbouncerService final : public Service {
  public:
    void require(const std::string& topology) const override {
        if (find_program("pgbouncer").empty())
            throw UsageError(fmt::format("--pooler: the program pgbouncer is missing; install it "
                                         "with scripts/setup --topology {} --pooler (Debian: "
                                         "pgbouncer)",
                                         topology));
    }

    std::string version(const ClusterState& /*state*/) const override {
        return "pgbouncer " + pgbouncer_version();
    }

    void configure(const ClusterState& state, const Node& node) const override {
        const auto users = state.run_dir(node) / "users.txt";
        write_server_file(users, fmt::format("\"{}\" \"{}\"\n", database_user, state.password()));
        const auto& upstream = state.at(node.upstream);
        TemplateInput input;
        input.values = {{"DATABASE", "citusbench"},
                        {"HOST", upstream.host},
                        {"PORT", std::to_string(upstream.port)},
                        {"LISTEN_HOST", node.host},
                        {"LISTEN_PORT", std::to_string(node.server_port)},
                        {"USERS", users.string()},
                        {"USER", std::string(database_user)},
                        {"MODE", std::string(name_of(state.spec.pooling))},
                        {"SIZE", std::to_string(state.spec.pool_size)},
                        {"CLIENTS", std::to_string(max_clients(state))}};
        auto& prepared = input.lists["PREPARED"];
        if (pooler_keeps_prepared(pgbouncer_version()))
            prepared.push_back({{"NUMBER", prepared_statements}});
        write_server_file(config_file(state, node), cluster_template("pgbouncer.ini.in", input));
    }

    Command command(const ClusterState& state, const Node& node) const override {
        return service_command(
            state, node, {find_program("pgbouncer").string(), config_file(state, node).string()});
    }

    bool answers(const ClusterState& state, const Node& node) const override {
        return balancer_answers(state, node, {state.at(node.upstream)});
    }

    int start_order() const override { return start_order::pooler; }

  private:
    static std::filesystem::path config_file(const ClusterState& state, const Node& node) {
        return state.run_dir(node) / "pgbouncer.ini";
    }
};

} // namespace

bool pooler_keeps_prepared(std::string_view version) {
    // 1.21 was the first.
    char* end = nullptr;
    const std::string text(version);
    const auto major = std::strtol(text.c_str(), &end, 10);
    const auto minor = *end == '.' ? std::strtol(end + 1, nullptr, 10) : 0;
    return major > 1 || (major == 1 && minor >= 21);
}

bool pooler_keeps_prepared() {
    return pooler_keeps_prepared(pgbouncer_version());
}

const Service& pgbouncer_service() {
    static const PgbouncerService service;
    return service;
}

} // namespace citusbench
