#include "os/server_user.hpp"
#include "pg/client.hpp"
#include "service/server_settings.hpp"
#include "service/service_kinds.hpp"

namespace citusbench {
namespace {

/// The last line of postmaster.pid. Checked before a query, because each refused attempt costs the
/// server a process and a line in its log. It proves nothing: the file of a killed server still
/// says "ready".
bool says_ready(const std::filesystem::path& data_dir) {
    return read_file(data_dir / "postmaster.pid").find("\nready") != std::string::npos;
}

/// cluster/state/local_postgres finds it, and also reports what is missing.
class PostgresService final : public Service {
  public:
    void require(const std::string& /*topology*/) const override {}

    std::string version(const ClusterState& state) const override {
        return "PostgreSQL " + state.postgres.version;
    }

    void configure(const ClusterState& state, const Node& node) const override {
        write_server_file(state.data_dir(node.name) / "citusbench.conf",
                          server_settings(state, node));
    }

    Command command(const ClusterState& state, const Node& node) const override {
        auto command = service_command(state, node,
                                       {(state.postgres.bin_dir / "postgres").string(), "-D",
                                        state.data_dir(node.name).string()});
        command.directory = state.data_dir(node.name);
        // Between nodes, Citus and postgres_fdw log in with the password in this file.
        command.environment = {{"PGPASSFILE", state.pass_file().string()}};
        return command;
    }

    bool answers(const ClusterState& state, const Node& node) const override {
        return says_ready(state.data_dir(node.name)) &&
               pg::answers_query(state.server_conninfo(node), answer_timeout);
    }

    int stop_signal() const override { return SIGINT; } // a fast shutdown
    int start_order() const override { return start_order::database; }
};

} // namespace

const Service& postgres_service() {
    static const PostgresService service;
    return service;
}

} // namespace citusbench
