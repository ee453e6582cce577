#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/stop_flag.hpp"
#include "os/unique_fd.hpp"

namespace citusbench {

/// A container as the engine describes it.
struct Container {
    std::string id;
    std::string name;
    std::string status; ///< "created", "running", "paused", "exited", …
    std::string health; ///< "starting", "healthy", "unhealthy"; empty where there is no check
    int exit_code = 0;
    std::map<std::string, std::string, std::less<>> labels;
    std::map<std::string, std::string, std::less<>> environment;

    /// Empty where it has no such label.
    std::string label(std::string_view name) const;
    bool is_running() const { return status == "running" || status == "paused"; }
};

/// Docker, and Compose with it, asked through their programs. Commands wait until the engine has
/// done them; one that misses its deadline is killed, which throws CommandTimeout (a RunError).
/// `stop` ends them, too, and throws Interrupted. Thread-safe.
class ContainerEngine {
  public:
    using Args = std::vector<std::string>;
    using Environment = std::vector<std::pair<std::string, std::string>>;

    /// Throws UsageError that names the packages where a program is missing.
    static ContainerEngine find();
    /// For one's own containers: compose() must not be called.
    static ContainerEngine find_without_compose();
    /// Throws RunError with the engine's words where it does not answer.
    void require_running(const StopFlag& stop) const;

    /// Runs a command of docker. Throws RunError with the last line of what it said.
    void run(const Args& args, const StopFlag& stop) const;
    /// The same of Compose; its output goes to `log`.
    void compose(const Args& args, const Environment& environment, const std::filesystem::path& log,
                 std::chrono::seconds timeout, const StopFlag& stop) const;
    /// Standard output of a command of docker; empty if it fails.
    std::string output(const Args& args, const StopFlag& stop) const;
    /// Those with all of these labels ("name" or "name=value"), running or not.
    std::vector<Container> containers(const std::vector<std::string>& labels,
                                      const StopFlag& stop) const;
    /// Descriptors (see open_pidfd()) of the main processes of running containers, by id or name. A
    /// container has ended when this process has: the kernel ends the first process of a container
    /// last. Empty if one of them cannot be seen on this machine.
    std::vector<UniqueFd> processes_of(const std::vector<std::string>& ids) const;
    /// The last lines that a container wrote, as one line separated by " | ".
    std::string last_lines(const Container& container) const;
    /// Containers, networks and volumes of a project of Compose. Throws RunError.
    void remove_project(const std::string& project) const;

  private:
    /// Throws UsageError with `refusal` where it is missing.
    static ContainerEngine find_docker(std::string_view refusal);
    static void execute(const Args& program, const Args& args, const Environment& environment,
                        const std::filesystem::path& log, std::chrono::seconds timeout,
                        const StopFlag& stop);
    /// Names or ids of things of a project; `list` is the command, such as {"volume", "ls"}.
    Args of_project(Args list, const std::string& project) const;

    std::string docker_;
    Args compose_;
};

/// Why this version of Compose (from "compose version --short") cannot be used; empty if it can. An
/// empty version means that there is no Compose.
std::string refusal_of_compose(const std::string& version);

/// What an error calls a command: "docker compose up" for the program {"/usr/bin/docker",
/// "compose"} and {"--file", "compose.yml", "up", "--detach"}. Options before it have a value each.
std::string name_of_command(const ContainerEngine::Args& program,
                            const ContainerEngine::Args& args);

/// The label by which Compose marks what belongs to a project.
inline constexpr std::string_view project_label = "com.docker.compose.project";

} // namespace citusbench
