#include "cluster/manifest/node_handle.hpp"
#include "containers/container_engine.hpp"
#include "containers/ending.hpp"

namespace citusbench {
namespace {

class ContainerHandle final : public NodeHandle {
  public:
    explicit ContainerHandle(const ManifestNode& node)
        : node_(node), engine_(ContainerEngine::find_without_compose()) {}

    std::optional<Ticks> act(NodeAction action) override {
        const auto order = [this, command = command_of(action)] {
            const StopFlag never_stop; // half done would be worse
            engine_.run(command, never_stop);
            return now_ticks();
        };
        if (action == NodeAction::crash || action == NodeAction::stop)
            return ending_.begin(engine_.processes_of({node_.control.container}), order);
        ending_.wait();
        order();
        return {};
    }

    void settle() override { ending_.settle(); }

    std::string state() const override {
        ending_.wait();
        auto status =
            engine_.output({"inspect", "--format", "{{.State.Status}}", node_.control.container});
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
    Ending ending_;
};

} // namespace

std::unique_ptr<NodeHandle> make_container_handle(const ManifestNode& node) {
    return std::make_unique<ContainerHandle>(node);
}

} // namespace citusbench
