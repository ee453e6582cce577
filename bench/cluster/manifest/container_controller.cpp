#include "cluster/manifest/node_controller.hpp"
#include "containers/container_engine.hpp"
#include "containers/container_stop_watcher.hpp"

namespace citusbench {
namespace {

class ContainerController final : public NodeController {
  public:
    explicit ContainerController(const ManifestNode& node)
        : node_(node), engine_(ContainerEngine::find_without_compose()) {}

    std::optional<Ticks> act(NodeAction action) override {
        const auto order = [this, command = command_of(action)] {
            const StopFlag never_stop; // half done would be worse
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

} // namespace citusbench
