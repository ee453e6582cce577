#include "cluster/compose/compose_project.hpp"

#include <algorithm>
#include <fstream>
#include <regex>
#include <thread>

#include <fmt/format.h>

#include "core/embedded_files.hpp"
#include "core/error.hpp"
#include "core/time.hpp"
#include "os/process.hpp"
#include "os/run_command.hpp"
#include "service/server_settings.hpp"

namespace citusbench {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto start_timeout = 180s;  // for Patroni's first start on a busy machine
constexpr auto up_timeout = 900s;     // containers wait for one another, and images may be pulled
constexpr auto build_timeout = 3600s; // packages come over the network

ContainerEngine::Args compose_args(const ComposeProject& project, const ClusterSpec& spec,
                                   const ContainerEngine::Args& command) {
    ContainerEngine::Args args = {"--project-name", project.name,
                                  "--file",         (project.folder / "compose.yml").string(),
                                  "--profile",      profile_of(spec)};
    args.insert(args.end(), command.begin(), command.end());
    return args;
}

ContainerEngine::Environment settings_of(const ComposeProject& project, const ClusterSpec& spec) {
    return {{"PGPASSWORD", project.password},
            {"CITUSBENCH_OWNER", project.owner},
            {"CITUSBENCH_MAX_CONNECTIONS", std::to_string(max_connections(spec))},
            {"CITUSBENCH_REPLICATION", std::to_string(spec.replication)},
            {"CITUSBENCH_SHARDS", std::to_string(spec.shards)}};
}

/// The service of a node, as compose.yml names it.
std::string service_of_node(const ClusterSpec& spec) {
    auto service = fmt::format("{}-{}", profile_of(spec), nodes_of(spec).front().name);
    std::replace(service.begin(), service.end(), '.', '-');
    return service;
}

/// The port that another program uses, if the log of a start says so.
std::string taken_port(const std::string& log) {
    static const std::regex complaint(
        R"(127\.0\.0\.1:(\d+)[^\n]*(address already in use|port is already allocated))");
    std::smatch found;
    return std::regex_search(log, found, complaint) ? found[1].str() : std::string();
}

bool is_set_up(const Container& container) {
    return container.status == "exited" && container.exit_code == 0;
}

/// True for a node that can no longer become healthy, or a failed job.
bool has_failed(const Container& container) {
    if (!container.label("citusbench.job").empty())
        return container.status == "exited" && container.exit_code != 0;
    return container.status == "exited" || container.status == "dead" ||
           container.health == "unhealthy";
}

bool is_ready(const Container& container) {
    return container.label("citusbench.job").empty() ? container.health == "healthy"
                                                     : is_set_up(container);
}

void build_image(const ComposeProject& project, const ContainerEngine& engine,
                 const ClusterSpec& spec, const StopFlag& stop) {
    const auto log = project.folder / "build.log";
    try {
        engine.compose(compose_args(project, spec, {"build", service_of_node(spec)}),
                       settings_of(project, spec), log, build_timeout, stop);
    } catch (const CommandTimeout&) {
        throw;
    } catch (const RunError&) {
        throw RunError(fmt::format("cannot build the image of the nodes: {}; the base image is "
                                   "CITUSBENCH_BASE, else compose.yml's: see docs/CONTAINERS.md",
                                   tail_of(log, 0, 1)));
    }
}

void await_ready(const ComposeProject& project, const ContainerEngine& engine,
                 const StopFlag& stop) {
    const auto deadline = now_ticks() + to_ticks(start_timeout);
    while (true) {
        const auto containers =
            engine.containers({fmt::format("{}={}", project_label, project.name)}, stop);
        if (!containers.empty() && std::all_of(containers.begin(), containers.end(), is_ready))
            return;
        const bool hopeless = std::any_of(containers.begin(), containers.end(), has_failed);
        if (hopeless || now_ticks() > deadline) throw RunError(problem_of(engine, containers));
        stop.check();
        std::this_thread::sleep_for(200ms);
    }
}

} // namespace

std::string profile_of(const ClusterSpec& spec) {
    return spec.replicas_per_worker > 0 ? spec.topology + "-replicas" : spec.topology;
}

void write_container_files(const fs::path& folder) {
    for (const auto& file : container_files()) {
        const auto path = folder / file.path;
        fs::create_directories(path.parent_path());
        std::ofstream out(path, std::ios::binary);
        out << file.text;
        out.flush();
        if (!out) throw RunError(fmt::format("cannot write {}", path.string()));
        if (file.text.starts_with("#!"))
            fs::permissions(path,
                            fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec,
                            fs::perm_options::add);
    }
}

std::string problem_of(const ContainerEngine& engine, const std::vector<Container>& containers) {
    const Container* worst = nullptr;
    for (const auto& container : containers)
        if (!is_ready(container) && (!worst || (has_failed(container) && !has_failed(*worst))))
            worst = &container;
    if (!worst) return containers.empty() ? "no container was started" : "";
    const auto lines = engine.last_lines(*worst);
    return fmt::format("container {} is {}{}{}{}", worst->name, worst->status,
                       worst->health.empty() || worst->status != "running" ? "" : " and ",
                       worst->status == "running" ? worst->health : "",
                       lines.empty() ? "" : "; its last lines: " + lines);
}

void ComposeProject::start(const ContainerEngine& engine, const ClusterSpec& spec,
                           const StopFlag& stop, const Cluster::Log& log) const {
    const auto begun = now_ticks();
    const auto say = [&](std::string_view what) {
        log(fmt::format("{} ({:.1f} s)", what, to_seconds(now_ticks() - begun)));
    };
    log("building the image of the nodes (minutes the first time)");
    build_image(*this, engine, spec, stop);
    say("image built");
    const auto up_log = folder / "up.log";
    try {
        engine.compose(compose_args(*this, spec, {"up", "--detach", "--no-build"}),
                       settings_of(*this, spec), up_log, up_timeout, stop);
    } catch (const RunError& error) {
        if (const auto port = taken_port(read_file(up_log)); !port.empty())
            throw RunError(fmt::format("--runtime compose: port {} of 127.0.0.1 is in use, and "
                                       "compose.yml needs it; end what listens there, or use "
                                       "--runtime local",
                                       port));
        const auto problem = problem_of(
            engine, engine.containers({fmt::format("{}={}", project_label, name)}, stop));
        throw RunError(problem.empty() ? error.what()
                                       : fmt::format("{}; {}", error.what(), problem));
    }
    say("containers started");
    await_ready(*this, engine, stop);
    say(fmt::format("{} is up in containers", spec.topology));
}

} // namespace citusbench
