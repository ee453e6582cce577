#include <signal.h>

#include <algorithm>
#include <array>
#include <thread>

#include <fmt/format.h>

#include "cluster/manifest/node_controller.hpp"
#include "core/error.hpp"
#include "os/realtime_priority_guard.hpp"
#include "os/server_processes.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;

class ProcessController final : public NodeController {
  public:
    explicit ProcessController(const ManifestNode& node) : node_(node) {}

    std::optional<Ticks> act(NodeAction action) override {
        switch (action) {
        case NodeAction::crash:
            return kill_servers(directories());
        case NodeAction::stop:
            return stop();
        case NodeAction::pause:
            return pause_servers(directories(), node_.node.name);
        case NodeAction::resume:
            return resume_servers(directories());
        case NodeAction::start:
            must_run_in_shell(node_.node.name, node_.control.commands.at("start"));
            break;
        case NodeAction::cut:
        case NodeAction::heal:
            break; // ManifestNode::can() says no
        }
        return {};
    }

    std::string state() const override {
        const auto processes = find_processes(directories());
        const auto root = std::find_if(processes.begin(), processes.end(),
                                       [](const FoundProcess& each) { return each.is_root; });
        if (root == processes.end()) return "gone";
        return root->state == 'T' ? "paused" : "running";
    }

  private:
    std::vector<std::filesystem::path> directories() const { return {node_.control.directory}; }

    /// A fast shutdown of PostgreSQL; the others take it as a request to end, too.
    Ticks stop() const {
        constexpr auto shutdown_timeout =
            60s; // the shutdown's checkpoint writes all of shared_buffers
        resume_servers(directories());
        const auto processes = find_processes(directories());
        for (const auto& process : processes)
            if (process.is_root) process.signal(process.is_postgres ? SIGINT : SIGTERM);
        const RealtimePriorityGuard guard;
        if (!wait_until_gone(processes, shutdown_timeout))
            throw RunError(fmt::format("{} did not stop within {} s; kill it instead",
                                       node_.node.name, shutdown_timeout.count()));
        return now_ticks();
    }

    const ManifestNode& node_;
};

} // namespace

std::unique_ptr<NodeController> make_process_controller(const ManifestNode& node) {
    return std::make_unique<ProcessController>(node);
}

} // namespace citusbench
