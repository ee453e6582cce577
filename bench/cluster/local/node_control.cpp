#include "cluster/local/node_control.hpp"

#include <signal.h>

#include <algorithm>
#include <array>
#include <thread>

#include <fmt/format.h>

#include "os/pidfd.hpp"
#include "os/process.hpp"
#include "os/shared_memory.hpp"
#include "os/thread_guards.hpp"
#include "service/service.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;

void signal_roots(const std::vector<FoundProcess>& processes, int number) {
    for (const auto& process : processes)
        if (process.is_root) process.signal(number);
}

void signal_all(const std::vector<FoundProcess>& processes, int number) {
    for (const auto& process : processes) process.signal(number);
}

/// Children first: a backend that outlives its postmaster for a moment would notice that and send
/// its client a message, which a crashed machine does not.
void kill_at_once(const std::vector<FoundProcess>& processes) {
    for (const auto& process : processes)
        if (!process.is_root) process.signal(SIGKILL);
    signal_roots(processes, SIGKILL);
}

bool all_stopped(const std::vector<FoundProcess>& processes) {
    return std::all_of(processes.begin(), processes.end(),
                       [](const FoundProcess& process) { return process.state == 'T'; });
}

} // namespace

Ticks kill_servers(const std::vector<std::filesystem::path>& directories,
                   const BeforeKill& before_kill) {
    const RealtimePriorityGuard guard;
    auto processes = find_processes(directories);
    auto gone = now_ticks();
    while (!processes.empty()) {
        // A stopped postmaster cannot start another child between the list and the kill.
        signal_roots(processes, SIGSTOP);
        processes = find_processes(directories);
        if (before_kill) before_kill(processes);
        kill_at_once(processes);
        if (!wait_until_gone(processes, 10s))
            throw RunError("a server process did not end within 10 s of SIGKILL: it hangs in the "
                           "kernel (disk?)");
        gone = now_ticks();
        processes = find_processes(directories);
    }
    return gone;
}

Ticks pause_servers(const std::vector<std::filesystem::path>& directories, const std::string& who) {
    constexpr int attempts = 5'000;
    const RealtimePriorityGuard guard;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        auto processes = find_processes(directories);
        if (all_stopped(processes)) return now_ticks();
        signal_roots(processes, SIGSTOP);
        signal_all(find_processes(directories), SIGSTOP);
        std::this_thread::sleep_for(1ms); // a process in a system call stops when that returns
    }
    throw RunError(fmt::format("{} did not stop on SIGSTOP", who));
}

Ticks resume_servers(const std::vector<std::filesystem::path>& directories) {
    signal_all(find_processes(directories), SIGCONT);
    return now_ticks();
}

namespace {

Ticks kill_everything(const std::vector<std::filesystem::path>& directories) {
    return kill_servers(directories, [&](const std::vector<FoundProcess>& processes) {
        note_shared_memory(processes, directories);
    });
}

} // namespace

Ticks NodeControl::kill(const std::vector<std::string>& names) {
    const auto gone = kill_everything(state_->process_dirs(names));
    reap_servers();
    return gone;
}

Ticks NodeControl::kill_postmaster(const std::vector<std::string>& names) {
    const RealtimePriorityGuard guard;
    std::vector<std::filesystem::path> directories;
    for (const auto& name : names) directories.push_back(state_->data_dir(state_->at(name).name));
    auto processes = find_processes(directories);
    note_shared_memory(processes, directories);
    std::erase_if(processes, [](const FoundProcess& process) { return !process.is_root; });
    signal_all(processes, SIGKILL);
    if (!wait_until_gone(processes, 10s))
        throw RunError("a postmaster did not end within 10 s of SIGKILL");
    const auto gone = now_ticks();
    reap_servers();
    return gone;
}

/// Patroni stops the PostgreSQL that it started; other processes in the data directory get the
/// signal themselves.
void NodeControl::ask_to_stop(const Node& node) {
    const auto main = find_processes(std::array{state_->run_dir(node)});
    if (!main.empty()) return signal_roots(main, service_of(node.kind).stop_signal());
    signal_roots(find_processes(std::array{state_->data_dir(node.name)}), SIGINT);
}

Ticks NodeControl::stop(const std::vector<std::string>& names) {
    constexpr auto shutdown_timeout = 60s; // the shutdown's checkpoint writes all of shared_buffers
    const auto directories = state_->process_dirs(names);
    auto processes = find_processes(directories);
    signal_all(processes, SIGCONT);
    for (const auto& name : names) ask_to_stop(state_->at(name));
    const RealtimePriorityGuard guard;
    if (!wait_until_gone(processes, shutdown_timeout))
        throw RunError(fmt::format("{} did not stop within {} s; kill it instead",
                                   fmt::join(names, ", "), shutdown_timeout.count()));
    const auto gone = now_ticks();
    reap_servers();
    return gone;
}

Ticks NodeControl::pause(const std::vector<std::string>& names) {
    return pause_servers(state_->process_dirs(names), fmt::format("{}", fmt::join(names, ", ")));
}

Ticks NodeControl::resume(const std::vector<std::string>& names) {
    return resume_servers(state_->process_dirs(names));
}

std::string NodeControl::state(const Node& node) const {
    const auto processes = find_processes(state_->process_dirs({node.name}));
    const auto root = std::find_if(processes.begin(), processes.end(),
                                   [](const FoundProcess& process) { return process.is_root; });
    if (root == processes.end()) return "down";
    if (root->state == 'T') return "paused";
    if (!is_running(node)) return "unmanaged";
    return service_of(node.kind).answers(*state_, node) ? "up" : "starting";
}

bool NodeControl::is_running(const Node& node) const {
    return !find_processes(std::array{state_->run_dir(node)}).empty();
}

void kill_and_clean(const std::filesystem::path& server_folder) {
    std::vector<std::filesystem::path> directories;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(server_folder, error))
        if (entry.is_directory(error)) directories.push_back(entry.path());
    auto watched = directories;
    watched.push_back(server_folder); // initdb and copies work here
    const auto processes = find_processes(watched);
    signal_all(processes, SIGCONT);
    // First the programs that would start a server again, or hold its clients.
    for (const auto& process : processes)
        if (!process.is_postgres) process.signal(SIGKILL);
    // An immediate shutdown is nearly as quick as SIGKILL and frees the shared memory.
    for (const auto& process : processes)
        if (process.is_postgres && process.is_root) process.signal(SIGQUIT);
    wait_until_gone(processes, 1s);
    kill_everything(watched);
    reap_servers();
    for (const auto& directory : directories) remove_shared_memory(directory);
}

} // namespace citusbench
