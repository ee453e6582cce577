#include <fmt/format.h>

#include "os/run_command.hpp"
#include "os/server_user.hpp"
#include "service/service_kinds.hpp"

namespace citusbench {
namespace {

constexpr std::string_view nginx_packages = "nginx-light and libnginx-mod-stream";
constexpr auto stream_module = "/usr/lib/nginx/modules/ngx_stream_module.so"; // Debian's place
constexpr std::string_view built_in = "--with-stream ";

std::string build_of(const std::filesystem::path& program) {
    // nginx prints this on standard error.
    return output_of({"/bin/sh", "-c", R"(exec "$0" -V 2>&1)", program.string()}) + " ";
}

class NginxService final : public Service {
  public:
    void require(const std::string& topology) const override {
        const auto program = require_program("nginx", nginx_packages, topology);
        if (!std::filesystem::exists(stream_module) &&
            build_of(program).find(built_in) == std::string::npos)
            refuse_missing("nginx's module stream", nginx_packages, topology);
    }

    std::string version(const ClusterState& /*state*/) const override {
        return "nginx " + word_after("nginx/", build_of(find_program("nginx")));
    }

    void configure(const ClusterState& state, const Node& node) const override {
        TemplateInput input;
        const int connections = balancer_connections(state);
        // Each connection of a client is two of nginx's.
        input.values = {{"LISTEN", fmt::format("{}:{}", node.host, node.server_port)},
                        {"PID_FILE", "nginx.pid"},
                        {"ERROR_LOG", "stderr"},
                        {"CONNECTIONS", std::to_string(2 * connections)},
                        {"FILES", std::to_string(2 * connections + 64)}};
        auto& modules = input.lists["MODULE"];
        if (std::filesystem::exists(stream_module)) modules.push_back({{"FILE", stream_module}});
        input.lists["WRITER"] = addresses_of(state.coordinators());
        write_server_file(config_file(state, node), cluster_template("nginx.conf.in", input));
    }

    Command command(const ClusterState& state, const Node& node) const override {
        return service_command(state, node,
                               {find_program("nginx").string(), "-e", "stderr", "-p",
                                state.run_dir(node).string(), "-c",
                                config_file(state, node).string()});
    }

    bool answers(const ClusterState& state, const Node& node) const override {
        return balancer_answers(state, node, state.coordinators());
    }

    int start_order() const override { return start_order::balancer; }

  private:
    static std::filesystem::path config_file(const ClusterState& state, const Node& node) {
        return state.run_dir(node) / "nginx.conf";
    }
};

} // namespace

const Service& nginx_service() {
    static const NginxService service;
    return service;
}

} // namespace citusbench
