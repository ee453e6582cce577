#include "cluster/local/local_cluster.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <mutex>
#include <set>

#include <fmt/format.h>

#include "cluster/local/cluster_builder.hpp"
#include "cluster/local/cluster_network.hpp"
#include "cluster/local/node_control.hpp"
#include "cluster/patroni_group.hpp"
#include "cluster/state/cluster_folder.hpp"
#include "os/file_lock.hpp"
#include "os/server_user.hpp"
#include "service/service.hpp"

namespace citusbench {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view local_prefix = "cluster-";

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

/// The servers end first, so that an interrupted removal leaves a folder that can be checked.
void remove_folder(const fs::path& folder) {
    PacketRules(folder).remove_all();
    kill_and_clean(folder / "server");
    fs::remove_all(folder / "server");
    fs::remove_all(folder);
}

} // namespace

struct LocalCluster::Impl {
    explicit Impl(ClusterState its_state)
        : state(std::move(its_state)), control(state), network(state) {}

    ClusterState state;
    NodeControl control;
    ClusterNetwork network;
    FileLock owner;
    std::mutex removal;
    bool removed = false;
};

LocalCluster::LocalCluster(std::unique_ptr<Impl> impl, const StopFlag& stop)
    : Cluster(stop), impl_(std::move(impl)) {}

std::unique_ptr<LocalCluster> LocalCluster::start(const ClusterSpec& spec,
                                                  const LocalPostgres& postgres,
                                                  const StopFlag& stop, const Log& log) {
    if (!find_topology(spec.topology))
        throw UsageError(fmt::format("{}: no such topology", spec.topology));
    remove_stale_clusters(log);
    ClusterState state;
    state.spec = spec;
    state.postgres = postgres;
    state.nodes = nodes_of(spec);
    FileLock owner;
    {
        const auto root = lock_root();
        spread_folders_below(root.path);
        state.folder = make_cluster_folder(root.path, local_prefix);
        owner = FileLock::attempt(state.lock_file());
        state.save();
    }
    std::unique_ptr<LocalCluster> cluster(
        new LocalCluster(std::make_unique<Impl>(std::move(state)), stop));
    auto& impl = *cluster->impl_;
    impl.owner = std::move(owner);
    const auto server_folder = impl.state.server_folder();
    fs::create_directory(server_folder);
    fs::permissions(server_folder, fs::perms::owner_all);
    chown_to_server_user(server_folder);
    ClusterBuilder(impl.state, impl.control, impl.network, stop, log).build();
    return cluster;
}

std::unique_ptr<LocalCluster> LocalCluster::open_kept(const StopFlag& stop) {
    if (!state_root_exists()) return nullptr;
    const auto root = lock_root();
    for (const auto& folder : cluster_folders(root.path, local_prefix))
        if (auto state = ClusterState::load(folder); state && state->kept)
            return std::unique_ptr<LocalCluster>(
                new LocalCluster(std::make_unique<Impl>(std::move(*state)), stop));
    return nullptr;
}

int LocalCluster::remove_stale_clusters(const Log& log) {
    struct StaleCluster {
        fs::path folder;
        FileLock owner;
    };
    std::vector<StaleCluster> all;
    if (!state_root_exists()) return 0;
    {
        const auto root = lock_root();
        for (const auto& folder : cluster_folders(root.path, local_prefix)) {
            auto owner = FileLock::attempt(folder / "owner.lock");
            if (!owner.held()) continue; // its owner lives
            if (ClusterState::is_kept_by_another_version(folder)) {
                log(fmt::format("leaving {} alone: another version of citusbench keeps a cluster "
                                "there; remove it with that one (citusbench cluster down)",
                                folder.string()));
                continue;
            }
            const auto state = ClusterState::load(folder);
            if (!state || !state->kept) all.push_back({folder, std::move(owner)});
        }
    }
    // While this process holds the owners' locks, no other one removes them at the same time.
    for (const auto& stale : all) {
        log(fmt::format("removing {}, whose citusbench is gone", stale.folder.string()));
        remove_folder(stale.folder);
    }
    remove_empty_root();
    return static_cast<int>(all.size());
}

LocalCluster::~LocalCluster() {
    if (impl_->state.kept) return;
    try {
        remove();
    } catch (const std::exception& error) {
        // This is not fatal: the lock ends with this process, and the next start tries again.
        fmt::print(stderr, "citusbench: cannot remove the cluster in {}: {}\n",
                   impl_->state.folder.string(), error.what());
    }
}

const ClusterState& LocalCluster::layout() const {
    return impl_->state;
}
std::string LocalCluster::version_of(const Node& node) const {
    return service_of(node.kind).version(impl_->state);
}
fs::path LocalCluster::log_file(const Node& node) const {
    return impl_->state.log_file(node.name);
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
    auto ready = impl_->control.start(names, stop_flag());
    std::set<int> groups;
    for (const auto& name : names)
        if (const auto& node = impl_->state.at(name); node.kind == NodeKind::patroni)
            groups.insert(node.group);
    // Without one the next crash of a leader would leave the group without any.
    for (const int group : groups) {
        PatroniGroup(impl_->state, group).await_standby(stop_flag());
        ready = now_ticks();
    }
    return ready;
}
std::string LocalCluster::state(const Node& node) const {
    auto state = impl_->control.state(node);
    const bool runs = state == "up" || state == "starting";
    return runs && impl_->network.is_cut(node.name) ? "cut off" : state;
}
ClusterNetwork& LocalCluster::network() {
    return impl_->network;
}

std::vector<std::string> LocalCluster::add_workers(int count, const Log& log) {
    auto& state = impl_->state;
    const auto before = state.nodes.size();
    std::vector<std::string> names;
    for (int number = state.spec.workers + 1; number <= state.spec.workers + count; ++number) {
        Node worker;
        worker.name = fmt::format("worker{}", number);
        names.push_back(worker.name);
        state.nodes.push_back(worker);
    }
    state.spec.workers += count;
    try {
        ClusterBuilder(state, impl_->control, impl_->network, stop_flag(), log).add_nodes(before);
    } catch (...) {
        impl_->control.kill(names);
        for (const auto& name : names) fs::remove_all(state.data_dir(name));
        state.nodes.resize(before);
        state.spec.workers -= count;
        throw;
    }
    return names;
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
