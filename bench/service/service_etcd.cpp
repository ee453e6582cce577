#include <fmt/format.h>

#include "os/http_client.hpp"
#include "os/run_command.hpp"
#include "os/server_user.hpp"
#include "service/service_kinds.hpp"

namespace citusbench {
namespace {

class EtcdService final : public Service {
  public:
    void require(const std::string& topology) const override {
        require_program("etcd", "etcd-server", topology);
    }

    std::string version(const ClusterState& /*state*/) const override {
        // "etcd Version: 3.4.23"
        return "etcd " +
               word_after("Version: ", output_of({find_program("etcd").string(), "--version"}));
    }

    void configure(const ClusterState& state, const Node& node) const override {
        TemplateInput input;
        const auto peers = node.more_ports.at(more_port::etcd_peers);
        input.values = {{"NAME", node.name},
                        {"DATA_DIR", (state.run_dir(node) / "data").string()},
                        {"LISTEN", fmt::format("{}:{}", node.host, node.server_port)},
                        {"ADDRESS", fmt::format("{}:{}", node.host, node.port)},
                        {"PEERS", fmt::format("{}:{}", node.host, peers)}};
        write_server_file(config_file(state, node), cluster_template("etcd.yml.in", input));
        // It remembers the ports of an earlier try.
        std::filesystem::remove_all(state.run_dir(node) / "data");
    }

    Command command(const ClusterState& state, const Node& node) const override {
        return service_command(
            state, node,
            {find_program("etcd").string(), "--config-file", config_file(state, node).string()});
    }

    bool answers(const ClusterState& /*state*/, const Node& node) const override {
        using namespace std::chrono_literals;
        const auto answer = ask_http({node.host, node.server_port, "/health", ""}, 1s);
        return answer && answer->body.find("true") != std::string::npos;
    }

    int start_order() const override { return start_order::dcs; }

  private:
    static std::filesystem::path config_file(const ClusterState& state, const Node& node) {
        return state.run_dir(node) / "etcd.yml";
    }
};

} // namespace

const Service& etcd_service() {
    static const EtcdService service;
    return service;
}

} // namespace citusbench
