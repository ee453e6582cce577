// How servers are started: the part of NodeControl that waits for answers.
#include <algorithm>
#include <map>
#include <thread>

#include <fmt/format.h>

#include "cluster/local/node_control.hpp"
#include "os/pidfd.hpp"
#include "os/process.hpp"
#include "os/shared_memory.hpp"
#include "pg/client.hpp"
#include "service/service.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;

// Only crash recovery after a long run can take this long.
constexpr auto start_timeout = 120s;
// A killed server's postmaster.pid and shared memory stay busy until its last process is gone.
constexpr auto lock_timeout = 15s;

bool is_lock_of_previous(const std::string& log) {
    return log.find("lock file \"postmaster.pid\" already exists") != std::string::npos ||
           log.find("is still in use") != std::string::npos;
}

bool is_port_taken(const std::string& log) {
    // etcd, written in Go, begins it with a small letter.
    return log.find("ddress already in use") != std::string::npos;
}

std::size_t size_of(const std::filesystem::path& file) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    return error ? 0 : static_cast<std::size_t>(size);
}

} // namespace

struct NodeControl::Starting {
    const Node* node = nullptr;
    const Service* service = nullptr;
    bool is_template = false; ///< its database is still to be made
    std::size_t log_from = 0;
    pid_t pid = -1; ///< -1: found running already
    Ticks retry_at = 0;
    std::chrono::milliseconds backoff{5};
};

void NodeControl::spawn(Starting& node, const std::vector<std::string>& options) {
    auto command = node.service->command(*state_, *node.node);
    command.args.insert(command.args.end(), options.begin(), options.end());
    node.log_from = size_of(command.log);
    ChildProcess child(command);
    node.pid = child.release();
}

bool NodeControl::answers(const Starting& node) const {
    if (!node.is_template) return node.service->answers(*state_, *node.node);
    return pg::answers_query(state_->server_conninfo(*node.node, "postgres"), 1s);
}

/// True when it answers. Plans a retry, or throws, when its postmaster has ended.
bool NodeControl::check(Starting& node) {
    if (node.retry_at == 0 && answers(node)) return true;
    if (node.retry_at != 0) return false;
    if (node.pid < 0) { // was running when we came; if it is ending, it must be started after all
        if (!is_running(*node.node)) node.retry_at = now_ticks();
        return false;
    }
    if (!has_ended(node.pid)) return false;
    reap_servers();
    const auto file = state_->log_file(node.node->name);
    const auto log = read_file(file, node.log_from);
    if (is_lock_of_previous(log)) {
        node.retry_at = now_ticks() + to_ticks(node.backoff);
        node.backoff = std::min(node.backoff * 2, std::chrono::milliseconds(500));
        return false;
    }
    const auto message =
        fmt::format("{} (port {}) did not start: {} (log: {})", node.node->name,
                    node.node->server_port, tail_of(file, node.log_from), file.string());
    if (is_port_taken(log)) throw PortTaken(message);
    throw RunError(message);
}

/// Throws when `waited` was too long; starts the node again when that is due.
void NodeControl::await(Starting& node, Ticks waited, const std::vector<std::string>& options) {
    const auto& name = node.node->name;
    const auto timeout = node.retry_at ? to_ticks(lock_timeout) : to_ticks(start_timeout);
    if (waited > timeout)
        throw RunError(fmt::format(
            "{} did not answer within {:.0f} s: {} (log: {})", name, to_seconds(timeout),
            tail_of(state_->log_file(name), node.log_from), state_->log_file(name).string()));
    if (node.retry_at == 0 || now_ticks() < node.retry_at) return;
    node.retry_at = 0;
    spawn(node, options);
}

Ticks NodeControl::start(const std::vector<std::string>& names, const StopFlag& stop,
                         const std::vector<std::string>& options) {
    resume(names); // a paused node would never answer
    reap_servers();
    std::map<int, std::vector<const Node*>> in_order;
    for (const auto& name : names) {
        const auto& node = state_->at(name);
        in_order[service_of(node.kind).start_order()].push_back(&node);
    }
    for (const auto& [order, nodes] : in_order) start_together(nodes, stop, options);
    return now_ticks();
}

void NodeControl::start_together(const std::vector<const Node*>& nodes, const StopFlag& stop,
                                 const std::vector<std::string>& options) {
    std::vector<Starting> pending;
    for (const auto* each : nodes) {
        Starting node;
        node.node = each;
        node.is_template = !options.empty();
        node.service = &service_of(node.is_template ? NodeKind::postgres : each->kind);
        if (!is_running(*each)) spawn(node, options);
        pending.push_back(node);
    }
    const auto begun = now_ticks();
    while (true) {
        std::erase_if(pending, [&](Starting& node) {
            if (!check(node)) return false;
            forget_shared_memory(state_->data_dir(node.node->name));
            return true;
        });
        if (pending.empty()) return;
        stop.check();
        for (auto& node : pending) await(node, now_ticks() - begun, options);
        // A pause between queries; the answer, not the time, decides.
        std::this_thread::sleep_for(2ms);
    }
}

} // namespace citusbench
