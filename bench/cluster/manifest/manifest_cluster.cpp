#include "cluster/manifest/manifest_cluster.hpp"

#include <algorithm>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "cluster/manifest/node_controller.hpp"
#include "core/error.hpp"
#include "deployment/engine_info.hpp"
#include "os/ports.hpp"
#include "pg/client.hpp"
#include "service/service.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;

constexpr auto node_timeout = 60s;

/// An action on several nodes at once; the last of the moments that it returns. The first error is
/// thrown when all have ended.
Ticks on_each(const std::vector<std::string>& names,
              const std::function<Ticks(const std::string&)>& work) {
    std::vector<std::future<Ticks>> running;
    for (const auto& name : names)
        running.push_back(std::async(std::launch::async, [&work, &name] { return work(name); }));
    for (auto& one : running) one.wait();
    auto last = running.empty() ? now_ticks() : 0;
    for (auto& one : running) last = std::max(last, one.get());
    return last;
}

} // namespace

/// Cuts nodes off and reconnects them by the nodes' own commands. Impl has it as a member, so it is
/// not in the anonymous namespace: in a unity build g++ would warn of that.
class ManifestNetwork final : public NetworkControl {
  public:
    /// Returns when it had happened.
    using Act = std::function<Ticks(const std::string& node, NodeAction action)>;
    explicit ManifestNetwork(Act act) : act_(std::move(act)) {}

    Ticks cut(const std::vector<std::string>& names) override {
        {
            const std::scoped_lock lock(mutex_);
            cut_.insert(names.begin(), names.end());
        }
        return on_each(names, [&](const std::string& name) { return act_(name, NodeAction::cut); });
    }
    Ticks restore(const std::vector<std::string>& names) override {
        const auto restored =
            on_each(names, [&](const std::string& name) { return act_(name, NodeAction::heal); });
        const std::scoped_lock lock(mutex_);
        for (const auto& name : names) cut_.erase(name);
        return restored;
    }
    bool is_cut(const std::string& node) const override {
        const std::scoped_lock lock(mutex_);
        return cut_.contains(node);
    }
    Ticks set_delay(const std::vector<std::string>& names, Nanoseconds /*delay*/) override {
        throw RunError(
            fmt::format("{} cannot be made slow: there is no proxy in front", names.front()));
    }
    std::string way_of_cutting(const std::vector<std::string>& /*names*/) const override {
        return "the manifest's command";
    }
    Nanoseconds cpu() const override { return {}; }

  private:
    Act act_;
    mutable std::mutex mutex_;
    std::set<std::string> cut_;
};

struct ManifestCluster::Impl {
    explicit Impl(Manifest its_manifest)
        : manifest(std::move(its_manifest)),
          network(
              std::make_unique<ManifestNetwork>([this](const std::string& node, NodeAction action) {
                  return moment_of(node, action);
              })) {
        for (const auto& each : manifest.nodes) controllers[each.node.name] = make_controller(each);
        state.nodes = manifest.plain_nodes();
        state.connection = manifest.connection;
        state.spec.topology = "existing";
    }

    void learn(const StopFlag& stop);
    std::optional<Ticks> act(const std::string& name, NodeAction action);
    Ticks moment_of(const std::string& name, NodeAction action) {
        return act(name, action).value_or(now_ticks());
    }
    /// Ends those that still run, by crash or stop; the time when all are gone.
    Ticks end(const std::vector<std::string>& names, NodeAction action);
    /// The state that its control reports; empty where it does not know.
    std::string reported_state(const std::string& name) const;
    bool answers(const Node& node, std::chrono::milliseconds timeout = 1s) const;
    bool is_gone(const Node& node) const;
    void await_gone(const Node& node) const;
    /// Throws RunError where a client still reaches it after a while.
    void verify_unreachable(const std::string& name) const;
    void await_answer(const Node& node, const StopFlag& stop) const;

    Manifest manifest;
    ClusterState state;
    std::map<std::string, std::unique_ptr<NodeController>> controllers;
    std::string version; ///< of PostgreSQL at the entry point
    std::unique_ptr<NetworkControl> network;
};

/// Of the first entry point that answers.
void ManifestCluster::Impl::learn(const StopFlag& stop) {
    std::string why;
    for (const auto& node : state.nodes) {
        if (!node.is_entry) continue;
        try {
            pg::Client client(state.conninfo(node), stop);
            const auto info = query_engine(client);
            version = info.postgres_version;
            state.spec.engine = info.engine;
            state.spec.replication = info.replication;
            if (info.shards > 0) state.spec.shards = info.shards;
            state.spec.workers = static_cast<int>(
                std::count_if(state.nodes.begin(), state.nodes.end(),
                              [](const Node& each) { return each.role == Role::worker; }));
            return;
        } catch (const RunError& error) {
            why = fmt::format("{}: {}", node.name, error.what());
        }
    }
    throw RunError(
        fmt::format("--cluster {}: no entry point answers; {}", manifest.file.string(), why));
}

std::optional<Ticks> ManifestCluster::Impl::act(const std::string& name, NodeAction action) {
    if (!manifest.at(name).can(action))
        throw UsageError(
            fmt::format("--cluster {}: the control of {} has no {}; add it (docs/MANIFEST.md)",
                        manifest.file.string(), name, name_of(action)));
    return controllers.at(name)->act(action);
}

std::string ManifestCluster::Impl::reported_state(const std::string& name) const {
    const auto& controller = controllers.at(name);
    return controller ? controller->state() : "";
}

bool ManifestCluster::Impl::answers(const Node& node, std::chrono::milliseconds timeout) const {
    if (node.takes_queries()) return pg::answers_query(state.conninfo(node), timeout);
    return accepts_connections(node.host, node.port);
}

bool ManifestCluster::Impl::is_gone(const Node& node) const {
    const auto now = reported_state(node.name);
    return now.empty() ? !answers(node) : now == "gone";
}

void ManifestCluster::Impl::await_gone(const Node& node) const {
    const auto deadline = now_ticks() + to_ticks(node_timeout);
    while (!is_gone(node)) {
        if (now_ticks() > deadline)
            throw RunError(fmt::format("{} still runs {} s after it was ended", node.name,
                                       node_timeout.count()));
        std::this_thread::sleep_for(2ms);
    }
}

Ticks ManifestCluster::Impl::end(const std::vector<std::string>& names, NodeAction action) {
    return on_each(names, [&](const std::string& name) {
        const auto& node = state.at(name);
        if (is_gone(node)) {
            verify_unreachable(
                name); // a control that does not see the server reports it as gone, too
            return now_ticks();
        }
        const auto ended = act(name, action);
        if (!ended) await_gone(node);
        return ended.value_or(now_ticks());
    });
}

void ManifestCluster::Impl::verify_unreachable(const std::string& name) const {
    constexpr auto until_closed = 3s; // an engine closes a container's port a moment later
    const auto& node = state.at(name);
    if (const auto& controller = controllers.at(name)) controller->wait_for_completion();
    const auto deadline = now_ticks() + to_ticks(until_closed);
    while (answers(node)) {
        if (now_ticks() > deadline)
            throw RunError(fmt::format(
                "--cluster {}: {} answers at {}:{}, and its control ({}) says that it is gone; "
                "correct the control, or end what starts it again",
                manifest.file.string(), name, node.host, node.port,
                description_of(manifest.at(name).control)));
        std::this_thread::sleep_for(5ms);
    }
}

void ManifestCluster::Impl::await_answer(const Node& node, const StopFlag& stop) const {
    const auto deadline = now_ticks() + to_ticks(node_timeout);
    while (!answers(node, answer_timeout)) {
        if (now_ticks() > deadline)
            throw RunError(fmt::format("{} does not answer at {}:{} {} s after it was started",
                                       node.name, node.host, node.port, node_timeout.count()));
        stop.check();
        std::this_thread::sleep_for(5ms);
    }
}

ManifestCluster::ManifestCluster(std::unique_ptr<Impl> impl, const StopFlag& stop)
    : Cluster(stop), impl_(std::move(impl)) {}
ManifestCluster::~ManifestCluster() = default;

std::unique_ptr<ManifestCluster> ManifestCluster::open(Manifest manifest, const StopFlag& stop) {
    auto impl = std::make_unique<Impl>(std::move(manifest));
    impl->learn(stop);
    return std::unique_ptr<ManifestCluster>(new ManifestCluster(std::move(impl), stop));
}

const ClusterState& ManifestCluster::layout() const {
    return impl_->state;
}

std::string ManifestCluster::version_of(const Node& node) const {
    return node.holds_data() ? "PostgreSQL " + impl_->version : std::string(name_of(node.kind));
}

Ticks ManifestCluster::kill(const std::vector<std::string>& names) {
    return impl_->end(names, NodeAction::crash);
}

Ticks ManifestCluster::kill_postmaster(const std::vector<std::string>& /*names*/) {
    throw UsageError("--fault postmaster: --cluster does not support it; use crash");
}

Ticks ManifestCluster::stop(const std::vector<std::string>& names) {
    return impl_->end(names, NodeAction::stop);
}

void ManifestCluster::verify_unreachable(const std::vector<std::string>& names) {
    for (const auto& name : names) impl_->verify_unreachable(name);
}

Ticks ManifestCluster::pause(const std::vector<std::string>& names) {
    return on_each(
        names, [&](const std::string& name) { return impl_->moment_of(name, NodeAction::pause); });
}

Ticks ManifestCluster::resume(const std::vector<std::string>& names) {
    return on_each(
        names, [&](const std::string& name) { return impl_->moment_of(name, NodeAction::resume); });
}

Ticks ManifestCluster::start_nodes(const std::vector<std::string>& names) {
    return on_each(names, [&](const std::string& name) {
        const auto& node = impl_->state.at(name);
        if (impl_->reported_state(name) == "paused") impl_->act(name, NodeAction::resume);
        if (impl_->is_gone(node)) impl_->act(name, NodeAction::start);
        impl_->await_answer(node, stop_flag());
        return now_ticks();
    });
}

std::string ManifestCluster::state(const Node& node) const {
    const auto now = impl_->reported_state(node.name);
    if (now == "gone") return "down";
    if (now == "paused") return "paused";
    if (impl_->network->is_cut(node.name)) return "cut off";
    if (impl_->answers(node)) return "up";
    return now.empty() ? "down" : "starting";
}

NetworkControl& ManifestCluster::network() {
    return *impl_->network;
}

} // namespace citusbench
