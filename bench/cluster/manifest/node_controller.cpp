#include "cluster/manifest/node_controller.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <thread>

#include "containers/container_engine.hpp"
#include "containers/container_stop_watcher.hpp"
#include "core/error.hpp"
#include "core/stop_flag.hpp"
#include "os/process.hpp"
#include "os/run_command.hpp"
#include "os/thread_guards.hpp"

namespace citusbench {

std::unique_ptr<NodeController> make_controller(const ManifestNode& node) {
    switch (node.control.by) {
    case ManifestControl::By::process:
        return make_process_controller(node);
    case ManifestControl::By::container:
        return make_container_controller(node);
    case ManifestControl::By::command:
        return make_command_controller(node);
    case ManifestControl::By::nothing:
        break;
    }
    return nullptr;
}

int run_in_shell(const std::string& command, std::string& said) {
    const StopFlag never_stop; // an incomplete crash or start would be worse
    const TemporaryLog log;
    Command shell;
    shell.args = {"/bin/sh", "-c", command};
    shell.directory = "/";
    shell.log = log.path();
    // A start may recover from a crash first; whatever takes longer than that hangs.
    const CommandLimits limits{std::chrono::minutes(10),
                               "see the control of this node in the manifest (docs/MANIFEST.md)"};
    const int code = run_command(shell, never_stop, limits).exit_code;
    said = tail_of(log.path());
    return code;
}

void must_run_in_shell(const std::string& node, const std::string& command) {
    std::string said;
    if (const int code = run_in_shell(command, said); code != 0)
        throw RunError(
            fmt::format("{}: `{}` ended with exit code {}: {}", node, command, code, said));
}

namespace {

class CommandController final : public NodeController {
  public:
    explicit CommandController(const ManifestNode& node) : node_(node) {}

    std::optional<Ticks> act(NodeAction action) override {
        must_run_in_shell(node_.node.name, node_.control.commands.at(std::string(name_of(action))));
        return {};
    }

    std::string state() const override {
        const auto probe = node_.control.commands.find("probe");
        if (probe == node_.control.commands.end()) return {};
        std::string said;
        return run_in_shell(probe->second, said) == 0 ? "running" : "gone";
    }

  private:
    const ManifestNode& node_;
};

} // namespace

std::unique_ptr<NodeController> make_command_controller(const ManifestNode& node) {
    return std::make_unique<CommandController>(node);
}

namespace {

class ContainerController final : public NodeController {
  public:
    explicit ContainerController(const ManifestNode& node)
        : node_(node), engine_(ContainerEngine::find_without_compose()) {}

    std::optional<Ticks> act(NodeAction action) override {
        const auto order = [this, command = command_of(action)] {
            const StopFlag never_stop; // an incomplete change would be worse
            engine_.run(command, never_stop);
            return now_ticks();
        };
        if (action == NodeAction::crash || action == NodeAction::stop)
            return stop_watcher_.begin(engine_.processes_of({node_.control.container}), order);
        stop_watcher_.wait();
        order();
        return {};
    }

    void wait_for_completion() override { stop_watcher_.wait_for_completion(); }

    std::string state() const override {
        stop_watcher_.wait();
        auto status = engine_.output(
            {"inspect", "--format", "{{.State.Status}}", node_.control.container}, StopFlag());
        status.erase(status.find_last_not_of('\n') + 1);
        if (status == "running" || status == "paused") return status;
        return "gone";
    }

  private:
    ContainerEngine::Args command_of(NodeAction action) const {
        const auto& container = node_.control.container;
        switch (action) {
        case NodeAction::crash:
            return {"kill", "--signal", "KILL", container};
        case NodeAction::stop:
            return {"stop", "-t", "60", container};
        case NodeAction::pause:
            return {"pause", container};
        case NodeAction::resume:
            return {"unpause", container};
        default:
            return {"start", container};
        }
    }

    const ManifestNode& node_;
    ContainerEngine engine_;
    ContainerStopWatcher stop_watcher_;
};

} // namespace

std::unique_ptr<NodeController> make_container_controller(const ManifestNode& node) {
    return std::make_unique<ContainerController>(node);
}

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
