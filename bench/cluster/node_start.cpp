// How servers are started: the part of NodeControl that waits for answers.
#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "cluster/node_control.hpp"
#include "cluster/pidfd.hpp"
#include "cluster/process.hpp"
#include "cluster/shared_memory.hpp"
#include "pg/client.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;

// Crash recovery after a long run may take its time; nothing else does.
constexpr auto start_patience = 120s;
// A killed server's postmaster.pid and shared memory stay busy until its last process is gone.
constexpr auto lock_patience = 15s;

bool is_lock_of_previous(const std::string& log) {
    return log.find("lock file \"postmaster.pid\" already exists") != std::string::npos ||
           log.find("is still in use") != std::string::npos;
}

bool is_port_taken(const std::string& log) {
    return log.find("Address already in use") != std::string::npos;
}

/// The last line of postmaster.pid. Looked at before a query is tried, because each refused attempt
/// costs the server a process and a line in its log. It proves nothing: a killed server's still
/// says so.
bool says_ready(const std::filesystem::path& data_dir) {
    const auto text = read_file(data_dir / "postmaster.pid");
    return text.find("\nready") != std::string::npos;
}

std::size_t size_of(const std::filesystem::path& file) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    return error ? 0 : static_cast<std::size_t>(size);
}

} // namespace

struct NodeControl::Starting {
    const Node* node = nullptr;
    std::string conninfo;
    std::size_t log_from = 0;
    pid_t pid = -1; ///< -1: found running already
    Ticks retry_at = 0;
    std::chrono::milliseconds backoff{5};
};

void NodeControl::spawn(Starting& node, const std::vector<std::string>& options) {
    const auto& name = node.node->name;
    Command command;
    command.args = {(state_->postgres.bin_dir / "postgres").string(), "-D",
                    state_->data_dir(name).string()};
    command.args.insert(command.args.end(), options.begin(), options.end());
    command.directory = state_->data_dir(name);
    command.log = state_->log_file(name);
    // Between nodes, Citus and postgres_fdw log in with the password in this file.
    command.environment = {{"PGPASSFILE", state_->pass_file().string()}};
    command.as_server_user = true;
    command.with_keeper = true;
    node.log_from = size_of(command.log);
    ChildProcess child(command);
    node.pid = child.release();
}

/// True when it answers. Plans a retry, or throws, when its postmaster has ended.
bool NodeControl::check(Starting& node) {
    if (node.retry_at == 0 && says_ready(state_->data_dir(node.node->name)) &&
        pg::answers_query(node.conninfo, 1s))
        return true;
    if (node.retry_at != 0) return false;
    if (node.pid < 0) { // was running when we came; if it is ending, it must be started after all
        if (!is_running(node.node->name)) node.retry_at = now_ticks();
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
    const auto patience = node.retry_at ? to_ticks(lock_patience) : to_ticks(start_patience);
    if (waited > patience)
        throw RunError(fmt::format(
            "{} did not answer a query within {:.0f} s: {} (log: {})", name, to_seconds(patience),
            tail_of(state_->log_file(name), node.log_from), state_->log_file(name).string()));
    if (node.retry_at == 0 || now_ticks() < node.retry_at) return;
    node.retry_at = 0;
    spawn(node, options);
}

Ticks NodeControl::start(const std::vector<std::string>& names, const StopFlag& stop,
                         const std::vector<std::string>& options) {
    resume(names); // a paused node would never answer
    reap_servers();
    std::vector<Starting> pending;
    for (const auto& name : names) {
        Starting node;
        node.node = &state_->at(name);
        node.conninfo =
            state_->server_conninfo(*node.node, options.empty() ? "citusbench" : "postgres");
        if (!is_running(name)) spawn(node, options);
        pending.push_back(std::move(node));
    }
    const auto begun = now_ticks();
    while (true) {
        std::erase_if(pending, [&](Starting& node) {
            if (!check(node)) return false;
            forget_shared_memory(state_->data_dir(node.node->name));
            return true;
        });
        if (pending.empty()) return now_ticks();
        stop.check();
        for (auto& node : pending) await(node, now_ticks() - begun, options);
        // A pause between questions; the answer, not the time, decides.
        std::this_thread::sleep_for(2ms);
    }
}

} // namespace citusbench
