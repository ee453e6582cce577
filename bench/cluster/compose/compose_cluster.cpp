#include "cluster/compose/compose_cluster.hpp"

#include <algorithm>
#include <mutex>
#include <regex>
#include <sstream>

#include <fmt/format.h>

#include "cluster/compose/compose_control.hpp"
#include "cluster/compose/compose_network.hpp"
#include "cluster/compose/compose_project.hpp"
#include "cluster/state/cluster_folder.hpp"
#include "core/error.hpp"
#include "os/server_user.hpp"
#include "pg/client.hpp"

namespace citusbench {
namespace {

namespace fs = std::filesystem;

/// Of folders of clusters of containers, and of projects.
constexpr std::string_view compose_prefix = "compose-";

std::string project_of(const fs::path& folder) {
    return "citusbench-" + folder.filename().string();
}

/// Containers of the topology that run, of one project; empty if there are none.
std::vector<Container> running_project(const ContainerEngine& engine, const ClusterSpec& spec,
                                       const StopFlag& stop) {
    auto all = engine.containers({fmt::format("{}={}", topology_label, profile_of(spec))}, stop);
    const auto running = std::find_if(all.begin(), all.end(),
                                      [](const Container& each) { return each.is_running(); });
    if (running == all.end()) return {};
    const auto project = running->label(project_label);
    std::erase_if(all, [&](const Container& each) { return each.label(project_label) != project; });
    return all;
}

/// Throws where the running containers cannot be shared.
void check_usable(const ContainerEngine& engine, const std::vector<Container>& containers) {
    const auto project = containers.front().label(project_label);
    const auto owner = containers.front().label(owner_label);
    const auto folder = state_root() / owner;
    if (!owner.empty() && fs::exists(folder) && !FileLock::attempt(folder / "owner.lock").held())
        throw RunError(fmt::format("another citusbench runs containers of this topology (project "
                                   "{}); wait until it is done",
                                   project));
    if (const auto problem = problem_of(engine, containers); !problem.empty())
        throw RunError(
            fmt::format("only a part of project {} runs: {}; bring all of it up (docker compose "
                        "up), or remove it (docker compose --project-name {} down "
                        "--volumes)",
                        project, problem, project));
}

/// "nginx 1.22.1", of what the program says about itself.
std::string version_in_container(const ContainerEngine& engine, const Node& node,
                                 const std::string& id, const StopFlag& stop) {
    const auto kind = std::string(name_of(node.kind));
    const auto* option =
        node.kind == NodeKind::haproxy || node.kind == NodeKind::nginx ? "-v" : "--version";
    const auto said =
        engine.output({"exec", id, "sh", "-c", R"(exec "$0" "$1" 2>&1)", kind, option}, stop);
    static const std::regex number(R"(\d+(\.\d+)+)");
    std::smatch found;
    return std::regex_search(said, found, number) ? kind + " " + found[0].str() : kind;
}

std::vector<std::uint16_t> ports_in(const std::string& text) {
    std::vector<std::uint16_t> ports;
    std::istringstream stream(text);
    for (std::uint16_t port = 0; stream >> port;) ports.push_back(port);
    return ports;
}

} // namespace

struct ComposeCluster::Impl {
    Impl(ContainerEngine its_engine, const ClusterSpec& spec)
        : engine(std::move(its_engine)), control(state, engine), network(state, engine) {
        state.spec = spec;
        state.nodes = nodes_of(spec);
        const auto root = lock_root();
        state.folder = make_cluster_folder(root.path, compose_prefix);
        owner = FileLock::attempt(state.lock_file());
        state.save();
    }

    /// Where to find the nodes, and what they are.
    void learn(const std::vector<Container>& containers, const StopFlag& stop);
    void write_password(const std::string& password) const;

    ContainerEngine engine;
    ClusterState state;
    ComposeControl control;
    ComposeNetwork network;
    FileLock owner;
    std::map<std::string, std::string> versions;
    bool is_own = false; ///< the containers, not only the folder
    std::mutex removal;
    bool removed = false;
};

void ComposeCluster::Impl::write_password(const std::string& password) const {
    fs::create_directory(state.server_folder());
    // libpq takes a backslash before these.
    std::string escaped;
    for (const char c : password)
        escaped += c == ':' || c == '\\' ? std::string{'\\', c} : std::string{c};
    write_server_file(state.pass_file(), fmt::format("*:*:*:*:{}\n", escaped));
}

void ComposeCluster::Impl::learn(const std::vector<Container>& containers, const StopFlag& stop) {
    std::map<std::string, std::string> ids;
    std::string image;
    for (auto& node : state.nodes) {
        const auto container =
            std::find_if(containers.begin(), containers.end(), [&](const Container& each) {
                return each.label(node_label) == node.name;
            });
        if (container == containers.end())
            throw RunError(fmt::format("the containers of topology {} have no node {}",
                                       state.spec.topology, node.name));
        ids[node.name] = container->id;
        node.inner_host = container->label("citusbench.host");
        const auto port = ports_in(container->label("citusbench.port"));
        if (port.size() != 1)
            throw RunError(
                fmt::format("container {} has no label citusbench.port", container->name));
        node.port = node.server_port = port.front();
        node.more_ports = ports_in(container->label("citusbench.more-ports"));
    }
    const auto first = ids.at(state.nodes.front().name);
    image = engine.output({"inspect", "--format", "{{.Image}}", first}, stop);
    image.erase(image.find_last_not_of('\n') + 1);
    const auto data_node = std::find_if(state.nodes.begin(), state.nodes.end(),
                                        [](const Node& node) { return node.holds_data(); });
    pg::Client client(state.conninfo(*data_node), stop);
    state.postgres.version = client.query("show server_version").text(0, 0);
    state.postgres.version.erase(
        std::min(state.postgres.version.find(' '), state.postgres.version.size()));
    state.postgres.major = PQserverVersion(client.get()) / 10'000;
    for (const auto& node : state.nodes)
        versions[node.name] = node.kind == NodeKind::postgres
                                  ? "PostgreSQL " + state.postgres.version
                                  : version_in_container(engine, node, ids.at(node.name), stop);
    for (const auto& node : state.nodes)
        if (node.kind == NodeKind::patroni)
            versions[node.name] =
                fmt::format("PostgreSQL {} under {}", state.postgres.version, versions[node.name]);
    control.know(ids);
    network.know(std::move(ids), image);
    state.save();
}

ComposeCluster::ComposeCluster(std::unique_ptr<Impl> impl, const StopFlag& stop)
    : Cluster(stop), impl_(std::move(impl)) {}

std::unique_ptr<ComposeCluster> ComposeCluster::start(const ClusterSpec& spec, const StopFlag& stop,
                                                      const Log& log) {
    auto engine = ContainerEngine::find();
    engine.require_running(stop);
    remove_stale_clusters(false, log);
    auto containers = running_project(engine, spec, stop);
    if (!containers.empty()) check_usable(engine, containers);
    std::unique_ptr<ComposeCluster> cluster(
        new ComposeCluster(std::make_unique<Impl>(std::move(engine), spec), stop));
    auto& impl = *cluster->impl_;
    auto password = random_password();
    if (containers.empty()) {
        impl.is_own = true;
        const auto& folder = impl.state.folder;
        const ComposeProject project{project_of(folder), folder / "project",
                                     folder.filename().string(), password};
        write_container_files(project.folder);
        project.start(impl.engine, spec, stop, log);
        containers =
            impl.engine.containers({fmt::format("{}={}", project_label, project.name)}, stop);
    } else {
        log(fmt::format("using the containers of project {}, which run already",
                        containers.front().label(project_label)));
        password = containers.front().environment["PGPASSWORD"];
    }
    impl.write_password(password);
    impl.learn(containers, stop);
    return cluster;
}

int ComposeCluster::remove_stale_clusters(bool kept_too, const Log& log) {
    if (!state_root_exists()) return 0;
    int removed = 0;
    const auto root = lock_root();
    for (const auto& folder : cluster_folders(root.path, compose_prefix)) {
        const auto owner = FileLock::attempt(folder / "owner.lock");
        if (!owner.held()) continue; // its owner lives
        const auto state = ClusterState::load(folder);
        if (state && state->kept && !kept_too) continue;
        log(fmt::format("removing the containers of project {}, whose citusbench is gone",
                        project_of(folder)));
        const auto engine = ContainerEngine::find();
        engine.require_running(StopFlag());
        engine.remove_project(project_of(folder));
        fs::remove_all(folder);
        ++removed;
    }
    return removed;
}

ComposeCluster::~ComposeCluster() {
    if (impl_->state.kept) return;
    try {
        remove();
    } catch (const std::exception& error) {
        // This is not fatal: the lock ends with this process, and the next start tries again.
        fmt::print(stderr, "citusbench: cannot remove the containers of project {}: {}\n",
                   project_of(impl_->state.folder), error.what());
    }
}

bool ComposeCluster::is_own() const {
    return impl_->is_own;
}
const ClusterState& ComposeCluster::layout() const {
    return impl_->state;
}
std::string ComposeCluster::version_of(const Node& node) const {
    return impl_->versions.at(node.name);
}
Ticks ComposeCluster::kill(const std::vector<std::string>& names) {
    return impl_->control.end(names, false);
}
Ticks ComposeCluster::kill_postmaster(const std::vector<std::string>& /*names*/) {
    throw UsageError("--fault postmaster: a container ends with its main process; use crash");
}
Ticks ComposeCluster::stop(const std::vector<std::string>& names) {
    return impl_->control.end(names, true);
}
void ComposeCluster::verify_unreachable(const std::vector<std::string>& /*names*/) {
    impl_->control.wait_for_completion();
}
Ticks ComposeCluster::pause(const std::vector<std::string>& names) {
    return impl_->control.pause(names);
}
Ticks ComposeCluster::resume(const std::vector<std::string>& names) {
    return impl_->control.resume(names);
}
Ticks ComposeCluster::start_nodes(const std::vector<std::string>& names) {
    return impl_->control.start(names, stop_flag());
}
std::string ComposeCluster::state(const Node& node) const {
    auto state = impl_->control.state(node);
    const bool runs = state == "up" || state == "starting";
    return runs && impl_->network.is_cut(node.name) ? "cut off" : state;
}
NetworkControl& ComposeCluster::network() {
    return impl_->network;
}

void ComposeCluster::keep() {
    if (!impl_->is_own) return;
    impl_->state.kept = true;
    impl_->state.save();
    impl_->owner.release();
}

void ComposeCluster::remove() {
    const std::lock_guard lock(impl_->removal);
    if (impl_->removed) return;
    if (impl_->is_own) impl_->engine.remove_project(project_of(impl_->state.folder));
    fs::remove_all(impl_->state.folder);
    remove_empty_root();
    impl_->removed = true;
    impl_->state.kept = false;
}

} // namespace citusbench
