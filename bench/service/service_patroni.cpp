#include <algorithm>

#include <fmt/format.h>

#include "os/http_client.hpp"
#include "os/run_command.hpp"
#include "os/server_user.hpp"
#include "pg/client.hpp"
#include "service/patroni_timing.hpp"
#include "service/server_settings.hpp"
#include "service/service_kinds.hpp"

namespace citusbench {
namespace {

constexpr std::string_view patroni_packages = "patroni and python3-etcd";

/// What the password file holds behind its last ":".
std::string password_of(const ClusterState& state) {
    auto text = read_file(state.pass_file());
    text.erase(text.find_last_not_of('\n') + 1);
    return text.substr(text.rfind(':') + 1);
}

std::string address_of(const Node& node, std::uint16_t port) {
    return fmt::format("{}:{}", node.host, port);
}

/// On Citus all groups are one cluster to Patroni, elsewhere each is one of its own.
std::string scope_of(const ClusterState& state, const Node& node) {
    if (state.spec.engine == Engine::citus) return "citusbench";
    return fmt::format("group{}", node.group);
}

class PatroniService final : public Service {
  public:
    void require(const std::string& topology) const override {
        const auto program = require_program("patroni", patroni_packages, topology);
        // With the Python that Patroni itself runs on: a machine may have several.
        constexpr std::string_view hash_bang = "#!";
        const auto text = read_file(program);
        if (!text.starts_with(hash_bang)) return;
        const auto python = text.substr(hash_bang.size(), text.find('\n') - hash_bang.size());
        if (output_of({"/bin/sh", "-c", python + " -c 'import etcd; print(1)' 2>&-"}).empty())
            refuse_missing("Python's module etcd", patroni_packages, topology);
    }

    std::string version(const ClusterState& state) const override {
        // "patroni 3.0.2". Python takes its time, and there are several nodes.
        static const auto text = output_of({find_program("patroni").string(), "--version"});
        return fmt::format("PostgreSQL {} under {}", state.postgres.version,
                           text.substr(0, text.find('\n')));
    }

    void configure(const ClusterState& state, const Node& node) const override {
        const auto etcd =
            std::find_if(state.nodes.begin(), state.nodes.end(),
                         [](const Node& each) { return each.kind == NodeKind::etcd; });
        const bool is_citus = state.spec.engine == Engine::citus;
        const auto password = password_of(state);
        const auto connections = max_connections(state.spec);
        const auto rest = address_of(node, node.more_ports.at(more_port::patroni_rest));
        TemplateInput input;
        input.lists["INITDB"]; // the data directories are made already
        input.values = {{"SCOPE", scope_of(state, node)},
                        {"NAME", node.name},
                        {"REST", rest},
                        {"REST_ADDRESS", rest},
                        {"ETCD", address_of(*etcd, etcd->port)},
                        {"TTL", std::to_string(patroni_timing::ttl_s)},
                        {"LOOP_WAIT", std::to_string(patroni_timing::loop_wait_s)},
                        {"RETRY_TIMEOUT", std::to_string(patroni_timing::retry_timeout_s)},
                        {"CONNECTIONS", std::to_string(connections)},
                        {"PREPARED", std::to_string(is_citus ? connections : 0)},
                        {"WAL_LEVEL", is_citus ? "logical" : "replica"},
                        {"LISTEN", address_of(node, node.server_port)},
                        {"ADDRESS", address_of(node, node.port)},
                        {"DATA_DIR", state.data_dir(node.name).string()},
                        {"BIN_DIR", state.postgres.bin_dir.string()},
                        {"PGPASS", (state.run_dir(node) / "pgpass").string()},
                        {"USER", std::string(database_user)},
                        {"PASSWORD", password}};
        auto& citus = input.lists["CITUS"];
        if (is_citus)
            citus.push_back({{"GROUP", std::to_string(node.group)}, {"DATABASE", "citusbench"}});
        write_server_file(config_file(state, node), cluster_template("patroni.yml.in", input));
    }

    Command command(const ClusterState& state, const Node& node) const override {
        return service_command(
            state, node, {find_program("patroni").string(), config_file(state, node).string()});
    }

    /// A primary whose Patroni says that it leads, or a standby that follows one: Patroni starts
    /// servers before it knows their role, and the other members ignore a primary that Patroni does
    /// not manage.
    bool answers(const ClusterState& state, const Node& node) const override {
        return is(state, node, "/primary", "select not pg_is_in_recovery()") ||
               is(state, node, "/replica",
                  "select exists (select from pg_stat_wal_receiver where status = 'streaming')");
    }

    int start_order() const override { return start_order::database; }

  private:
    static bool is(const ClusterState& state, const Node& node, const char* path,
                   const char* query) {
        using namespace std::chrono_literals;
        constexpr int http_ok = 200;
        const auto rest = node.more_ports.at(more_port::patroni_rest);
        const auto answer = ask_http({node.host, rest, path, ""}, 1s);
        return answer && answer->status == http_ok &&
               pg::answers_query(state.server_conninfo(node), answer_timeout, query);
    }

    static std::filesystem::path config_file(const ClusterState& state, const Node& node) {
        return state.run_dir(node) / "patroni.yml";
    }
};

} // namespace

const Service& patroni_service() {
    static const PatroniService service;
    return service;
}

} // namespace citusbench
