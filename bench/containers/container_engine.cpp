#include "containers/container_engine.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "os/pidfd.hpp"
#include "os/process.hpp"
#include "os/run_command.hpp"
#include "service/service_kinds.hpp"

namespace citusbench {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// A graceful stop of a container takes at most a minute, and so does a start on a busy machine.
constexpr std::chrono::seconds command_timeout(180);
constexpr std::chrono::seconds question_timeout(60);
constexpr std::string_view engine_fix =
    "see whether `docker info` answers, and restart the container engine if not";

// For commands that must not be interrupted; they still have a deadline.
const StopFlag until_engine_answers;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        if (!line.empty()) lines.push_back(line);
    return lines;
}

Container container_from(const json& item) {
    Container container;
    container.id = item.at("Id").get<std::string>();
    container.name = item.at("Name").get<std::string>();
    if (container.name.starts_with('/')) container.name.erase(0, 1);
    const auto& state = item.at("State");
    container.status = state.at("Status").get<std::string>();
    container.exit_code = state.value("ExitCode", 0);
    if (state.contains("Health") && state["Health"].is_object())
        container.health = state["Health"].value("Status", "");
    const auto& config = item.at("Config");
    if (config.contains("Labels") && config["Labels"].is_object())
        for (const auto& [name, value] : config["Labels"].items())
            container.labels[name] = value.get<std::string>();
    if (config.contains("Env") && config["Env"].is_array())
        for (const auto& each : config["Env"]) {
            const auto text = each.get<std::string>();
            const auto at = std::min(text.find('='), text.size());
            container.environment[text.substr(0, at)] = text.substr(std::min(at + 1, text.size()));
        }
    return container;
}

std::string version_of(ContainerEngine::Args compose) {
    compose.insert(compose.end(), {"version", "--short"});
    auto version = output_of(compose);
    version.erase(std::min(version.find('\n'), version.size()));
    return version;
}

} // namespace

std::string refusal_of_compose(const std::string& version) {
    constexpr auto hint = "install 2.23 or later (docker-compose-plugin of Docker's packages, "
                          "docker-compose of Debian 13), or use --runtime local";
    if (version.empty())
        return fmt::format("--runtime compose: docker has no command compose, and there is no "
                           "program docker-compose; {}",
                           hint);
    std::istringstream numbers(version.substr(version.starts_with('v') ? 1 : 0));
    int major = 0;
    int minor = 0;
    char dot = 0;
    numbers >> major >> dot >> minor;
    if (std::pair(major, minor) >= std::pair(2, 23)) return {};
    return fmt::format("--runtime compose: compose.yml does not work with Compose {}; {}", version,
                       hint);
}

std::string Container::label(std::string_view label_name) const {
    const auto found = labels.find(label_name);
    return found == labels.end() ? std::string() : found->second;
}

std::string name_of_command(const ContainerEngine::Args& program,
                            const ContainerEngine::Args& args) {
    auto name = fs::path(program.front()).filename().string();
    for (std::size_t i = 1; i < program.size(); ++i) name += " " + program[i];
    std::size_t first = 0;
    while (first + 2 < args.size() && args[first].starts_with("--")) first += 2;
    return name + " " + args[first];
}

ContainerEngine ContainerEngine::find_docker(std::string_view refusal) {
    ContainerEngine engine;
    engine.docker_ = find_program("docker").string();
    if (engine.docker_.empty()) throw UsageError(std::string(refusal));
    return engine;
}

ContainerEngine ContainerEngine::find_without_compose() {
    return find_docker("--cluster: a node is a container, and the program docker is missing; "
                       "install Docker (Debian: docker.io)");
}

ContainerEngine ContainerEngine::find() {
    auto engine = find_docker("--runtime compose: the program docker is missing; install Docker "
                              "(Debian: docker.io), or use --runtime local");
    engine.compose_ = {engine.docker_, "compose"};
    auto version = version_of(engine.compose_);
    if (version.empty())
        if (const auto alone = find_program("docker-compose"); !alone.empty()) {
            engine.compose_ = {alone.string()};
            version = version_of(engine.compose_);
        }
    if (const auto refusal = refusal_of_compose(version); !refusal.empty())
        throw UsageError(refusal);
    return engine;
}

void ContainerEngine::require_running(const StopFlag& stop) const {
    try {
        run({"version", "--format", "{{.Server.Version}}"}, stop);
    } catch (const CommandTimeout&) {
        throw;
    } catch (const RunError& error) {
        throw RunError(fmt::format("the container engine does not run, or refuses this user: {}; "
                                   "start it (systemctl start docker), or see DOCKER_HOST",
                                   error.what()));
    }
}

void ContainerEngine::execute(const Args& program, const Args& args, const Environment& environment,
                              const fs::path& log, std::chrono::seconds timeout,
                              const StopFlag& stop) {
    Command command;
    command.args = program;
    command.args.insert(command.args.end(), args.begin(), args.end());
    command.log = log;
    command.environment = environment;
    const auto before = fs::exists(log) ? fs::file_size(log) : 0;
    CommandLimits limits{timeout, engine_fix};
    if (run_command(command, stop, limits).exit_code == 0) return;
    auto said = tail_of(log, before, 1);
    constexpr std::string_view prefix = "Error response from daemon: ";
    if (const auto at = said.find(prefix); at != std::string::npos)
        said.erase(0, at + prefix.size());
    throw RunError(fmt::format("{}: {}", name_of_command(program, args), said));
}

void ContainerEngine::run(const Args& args, const StopFlag& stop) const {
    const TemporaryLog log;
    execute({docker_}, args, {}, log.path(), command_timeout, stop);
}

void ContainerEngine::compose(const Args& args, const Environment& environment, const fs::path& log,
                              std::chrono::seconds timeout, const StopFlag& stop) const {
    execute(compose_, args, environment, log, timeout, stop);
}

std::string ContainerEngine::output(const Args& args, const StopFlag& stop) const {
    Args all = {docker_};
    all.insert(all.end(), args.begin(), args.end());
    return output_of(all, stop, {question_timeout, engine_fix});
}

std::vector<Container> ContainerEngine::containers(const std::vector<std::string>& labels,
                                                   const StopFlag& stop) const {
    Args list = {"ps", "--all", "--quiet", "--no-trunc"};
    for (const auto& label : labels) list.insert(list.end(), {"--filter", "label=" + label});
    const auto ids = lines_of(output(list, stop));
    std::vector<Container> found;
    if (ids.empty()) return found;
    Args inspect = {"inspect", "--type", "container"};
    inspect.insert(inspect.end(), ids.begin(), ids.end());
    // A container that ended in the meantime makes the command fail; the next try is without it.
    const auto all = json::parse(output(inspect, stop), nullptr, false);
    if (!all.is_array()) return found;
    for (const auto& item : all) found.push_back(container_from(item));
    std::sort(found.begin(), found.end(),
              [](const Container& a, const Container& b) { return a.name < b.name; });
    return found;
}

std::vector<UniqueFd> ContainerEngine::processes_of(const std::vector<std::string>& ids) const {
    std::vector<UniqueFd> processes;
    for (const auto& id : ids) {
        std::istringstream said(
            output({"inspect", "--format", "{{.Id}} {{.State.Pid}}", id}, until_engine_answers));
        std::string full_id;
        pid_t pid = 0;
        if (!(said >> full_id >> pid) || pid <= 0) return {};
        auto process = open_pidfd(pid);
        // The engine may be on another machine, where this number is another process's.
        const auto cgroup = read_file(fmt::format("/proc/{}/cgroup", pid));
        if (!process || cgroup.find(full_id) == std::string::npos) return {};
        processes.push_back(std::move(process));
    }
    return processes;
}

std::string ContainerEngine::last_lines(const Container& container) const {
    const TemporaryLog log;
    try {
        execute({docker_}, {"logs", "--tail", "4", container.id}, {}, log.path(), question_timeout,
                until_engine_answers);
    } catch (const RunError& error) {
        return error.what();
    }
    return tail_of(log.path());
}

ContainerEngine::Args ContainerEngine::of_project(Args list, const std::string& project) const {
    list.insert(list.end(),
                {"--quiet", "--filter", fmt::format("label={}={}", project_label, project)});
    return lines_of(output(list, until_engine_answers));
}

void ContainerEngine::remove_project(const std::string& project) const {
    constexpr int max_rounds = 5; // a Compose that was killed may have left orders behind
    const auto remove = [&](const Args& list, Args command) {
        const auto names = of_project(list, project);
        command.insert(command.end(), names.begin(), names.end());
        if (!names.empty()) run(command, until_engine_answers);
    };
    for (int round = 1; round <= max_rounds; ++round) {
        try {
            remove({"ps", "--all"}, {"rm", "--force", "--volumes"});
            remove({"network", "ls"}, {"network", "rm"});
            remove({"volume", "ls"}, {"volume", "rm", "--force"});
        } catch (const RunError&) {
            if (round == max_rounds) throw;
            continue;
        }
        if (of_project({"ps", "--all"}, project).empty()) return;
    }
}

} // namespace citusbench
