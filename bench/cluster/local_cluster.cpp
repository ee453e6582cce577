#include "cluster/local_cluster.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <future>
#include <mutex>

#include <fmt/format.h>

#include "cluster/cluster_builder.hpp"
#include "cluster/cluster_network.hpp"
#include "cluster/file_lock.hpp"
#include "cluster/node_control.hpp"
#include "cluster/patroni_group.hpp"
#include "cluster/server_user.hpp"
#include "cluster/service.hpp"
#include "cluster/sql_template.hpp"
#include "cluster/target_name.hpp"
#include "pg/client.hpp"

namespace citusbench {
namespace {

namespace fs = std::filesystem;

/// The state folder with its lock, which is held while folders appear, are judged or get an owner,
/// so that nobody judges a half-made one.
struct LockedRoot {
    fs::path path;
    FileLock lock;
};

LockedRoot lock_root() {
    while (true) {
        auto root = state_root();
        auto lock = FileLock::wait_folder(root);
        // Else somebody removed it with their last cluster; it is made again.
        if (lock.held()) return {std::move(root), std::move(lock)};
    }
}

/// The last cluster takes the default state folder with it. One that the user named stays.
void remove_empty_root() {
    if (std::getenv("CITUSBENCH_STATE")) return;
    const auto root = lock_root();
    rmdir(root.path.c_str()); // fails where another cluster is
}

std::vector<fs::path> cluster_folders(const fs::path& root) {
    std::vector<fs::path> folders;
    for (const auto& entry : fs::directory_iterator(root))
        if (entry.is_directory() && entry.path().filename().string().starts_with("cluster-"))
            folders.push_back(entry.path());
    return folders;
}

fs::path make_folder(const fs::path& root) {
    for (int i = 1;; ++i) {
        auto folder = root / fmt::format("cluster-{}-{}", getpid(), i);
        if (mkdir(folder.c_str(), 0711) == 0) {
            chmod(folder.c_str(), 0711); // whatever the umask: the server user passes through
            return folder;
        }
        if (errno != EEXIST)
            throw RunError(
                fmt::format("cannot make {}: {}", folder.string(), std::strerror(errno)));
    }
}

/// Asks ext4 to put each folder below this one into a block group of its own. Where folders come
/// and go, it must otherwise skip every inode that was deleted in the last seconds, for each file:
/// that made a start take 4 s instead of 2. Elsewhere it does nothing, and nothing depends on it.
void spread_folders_below(const fs::path& folder) {
    const UniqueFd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    int flags = 0;
    if (!fd || ioctl(fd.get(), FS_IOC_GETFLAGS, &flags) != 0) return;
    flags |= FS_TOPDIR_FL;
    ioctl(fd.get(), FS_IOC_SETFLAGS, &flags);
}

/// The servers first, so that a removal that is cut short leaves a folder that can be judged.
void remove_folder(const fs::path& folder) {
    PacketRules(folder).remove_all();
    destroy_servers(folder / "server");
    fs::remove_all(folder / "server");
    fs::remove_all(folder);
}

} // namespace

struct LocalCluster::Impl {
    Impl(ClusterState its_state, const StopFlag& its_stop)
        : state(std::move(its_state)), stop(its_stop), control(state), network(state) {}

    ClusterState state;
    const StopFlag& stop;
    NodeControl control;
    ClusterNetwork network;
    FileLock owner;
    std::mutex removal;
    bool removed = false;
};

LocalCluster::LocalCluster(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

std::unique_ptr<LocalCluster> LocalCluster::start(const ClusterSpec& spec,
                                                  const LocalPostgres& postgres,
                                                  const StopFlag& stop, const Log& log) {
    if (!find_topology(spec.topology))
        throw UsageError(fmt::format("{}: no such topology", spec.topology));
    remove_remains(log);
    ClusterState state;
    state.spec = spec;
    state.postgres = postgres;
    state.nodes = nodes_of(spec);
    FileLock owner;
    {
        const auto root = lock_root();
        spread_folders_below(root.path);
        state.folder = make_folder(root.path);
        owner = FileLock::attempt(state.lock_file());
        state.save();
    }
    std::unique_ptr<LocalCluster> cluster(
        new LocalCluster(std::make_unique<Impl>(std::move(state), stop)));
    auto& impl = *cluster->impl_;
    impl.owner = std::move(owner);
    const auto server_folder = impl.state.server_folder();
    fs::create_directory(server_folder);
    fs::permissions(server_folder, fs::perms::owner_all);
    give_to_server_user(server_folder);
    ClusterBuilder(impl.state, impl.control, impl.network, stop, log).build();
    return cluster;
}

std::unique_ptr<LocalCluster> LocalCluster::open_kept(const StopFlag& stop) {
    if (!state_root_exists()) return nullptr;
    const auto root = lock_root();
    for (const auto& folder : cluster_folders(root.path))
        if (auto state = ClusterState::load(folder); state && state->kept)
            return std::unique_ptr<LocalCluster>(
                new LocalCluster(std::make_unique<Impl>(std::move(*state), stop)));
    return nullptr;
}

int LocalCluster::remove_remains(const Log& log) {
    struct Remains {
        fs::path folder;
        FileLock owner;
    };
    std::vector<Remains> all;
    if (!state_root_exists()) return 0;
    {
        const auto root = lock_root();
        for (const auto& folder : cluster_folders(root.path)) {
            auto owner = FileLock::attempt(folder / "owner.lock");
            if (!owner.held()) continue; // its owner lives
            const auto state = ClusterState::load(folder);
            if (!state || !state->kept) all.push_back({folder, std::move(owner)});
        }
    }
    // With the owners' locks in hand nobody else removes them at the same time.
    for (const auto& remains : all) {
        log(fmt::format("removing {}, whose citusbench is gone", remains.folder.string()));
        remove_folder(remains.folder);
    }
    remove_empty_root();
    return static_cast<int>(all.size());
}

LocalCluster::~LocalCluster() {
    if (impl_->state.kept) return;
    try {
        remove();
    } catch (const std::exception& error) {
        // Not fatal: its lock goes with this process, and the next start tries again.
        fmt::print(stderr, "citusbench: cannot remove the cluster in {}: {}\n",
                   impl_->state.folder.string(), error.what());
    }
}

const ClusterSpec& LocalCluster::spec() const {
    return impl_->state.spec;
}
const std::vector<Node>& LocalCluster::nodes() const {
    return impl_->state.nodes;
}
const Node* LocalCluster::find(std::string_view name) const {
    return impl_->state.find(name);
}
const ClusterState& LocalCluster::layout() const {
    return impl_->state;
}
std::vector<std::string> LocalCluster::resolve(const std::vector<std::string>& targets) const {
    std::vector<std::string> names;
    for (const auto& target : targets) {
        const int group = group_of_leader(target, nodes());
        names.push_back(group < 0 ? target : PatroniGroup(impl_->state, group).leader());
    }
    return names;
}
Ticks LocalCluster::switch_over(const std::string& name) {
    return PatroniGroup(impl_->state, impl_->state.at(name).group).switch_over(name, impl_->stop);
}
std::string LocalCluster::conninfo(const Node& node) const {
    return impl_->state.conninfo(node);
}
std::string LocalCluster::version_of(const Node& node) const {
    return service_of(node.kind).version(impl_->state);
}
fs::path LocalCluster::log_file(const Node& node) const {
    return impl_->state.log_file(node.name);
}
const fs::path& LocalCluster::folder() const {
    return impl_->state.folder;
}
Ticks LocalCluster::kill(const std::vector<std::string>& names) {
    return impl_->control.kill(names);
}
Ticks LocalCluster::kill_postmaster(const std::vector<std::string>& names) {
    return impl_->control.kill_postmaster(names);
}
Ticks LocalCluster::stop(const std::vector<std::string>& names) {
    return impl_->control.stop(names);
}
Ticks LocalCluster::pause(const std::vector<std::string>& names) {
    return impl_->control.pause(names);
}
Ticks LocalCluster::resume(const std::vector<std::string>& names) {
    return impl_->control.resume(names);
}
Ticks LocalCluster::start_nodes(const std::vector<std::string>& names) {
    return impl_->control.start(names, impl_->stop);
}
std::string LocalCluster::state(const Node& node) const {
    auto state = impl_->control.state(node);
    const bool runs = state == "up" || state == "starting";
    return runs && impl_->network.is_cut(node.name) ? "cut off" : state;
}
ClusterNetwork& LocalCluster::network() {
    return impl_->network;
}

void LocalCluster::checkpoint() {
    std::vector<std::future<void>> running;
    for (const auto& node : nodes())
        if (node.holds_data())
            running.push_back(std::async(std::launch::async, [this, &node] {
                pg::Client(conninfo(node), impl_->stop).query(cluster_sql("checkpoint"));
            }));
    for (auto& one : running) one.get();
}

void LocalCluster::keep() {
    impl_->state.kept = true;
    impl_->state.save();
    impl_->owner.release();
}

void LocalCluster::remove() {
    const std::lock_guard lock(impl_->removal);
    if (impl_->removed) return;
    remove_folder(impl_->state.folder);
    remove_empty_root();
    impl_->removed = true;
    impl_->state.kept = false;
}

} // namespace citusbench
