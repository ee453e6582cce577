#include "cluster/manifest/node_controller.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/stop_flag.hpp"
#include "os/run_command.hpp"
#include "os/temporary_log.hpp"

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
    const StopFlag never_stop; // half of a crash or of a start would be worse
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

} // namespace citusbench
