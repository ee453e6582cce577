#include "cluster/manifest/node_controller.hpp"

namespace citusbench {
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

} // namespace citusbench
