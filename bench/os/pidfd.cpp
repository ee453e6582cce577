#include "os/pidfd.hpp"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/time.hpp"
#include "os/process.hpp"
#include "os/thread_guards.hpp"

namespace citusbench {
namespace {

struct Place {
    dev_t device;
    ino_t inode;
    bool exists;
    bool forbidden;
};

Place place_of(const char* path) {
    struct stat info {};
    const bool exists = stat(path, &info) == 0;
    return {info.st_dev, info.st_ino, exists, !exists && errno == EACCES};
}

std::filesystem::path program_of(pid_t pid) {
    std::error_code error;
    return std::filesystem::read_symlink(fmt::format("/proc/{}/exe", pid), error);
}

/// A user's shell in a data directory is no part of the server. Patroni runs as python3.
bool is_server_program(std::string_view program) {
    constexpr std::array programs = {"postgres", "initdb", "cp",      "pg_",      "nginx",
                                     "haproxy",  "etcd",   "python3", "pgbouncer"};
    return std::any_of(programs.begin(), programs.end(),
                       [&](const char* each) { return program.starts_with(each); });
}

/// Fills state and parent from /proc/PID/stat; returns the name in parentheses, which may hold
/// anything.
std::string read_stat(FoundProcess& process) {
    const auto text = read_file(fmt::format("/proc/{}/stat", process.pid));
    const auto begin = text.find('(');
    const auto end = text.rfind(") ");
    if (end == std::string::npos || end + 4 >= text.size()) return {};
    process.state = text[end + 2];
    process.parent = static_cast<pid_t>(std::strtol(text.c_str() + end + 4, nullptr, 10));
    return text.substr(begin + 1, end - begin - 1);
}

void mark_roots(std::vector<FoundProcess>& found) {
    for (auto& process : found)
        process.is_root = std::none_of(found.begin(), found.end(), [&](const FoundProcess& other) {
            return other.pid == process.parent && other.directory == process.directory;
        });
}

} // namespace

UniqueFd open_pidfd(pid_t pid) {
    UniqueFd fd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0U)));
    if (!fd && errno != ESRCH && errno != EINVAL)
        throw RunError(fmt::format("pidfd_open: {} (citusbench needs Linux 5.3 or later)",
                                   std::strerror(errno)));
    return fd;
}

bool FoundProcess::signal(int number) const {
    return syscall(SYS_pidfd_send_signal, pidfd.get(), number, nullptr, 0U) == 0;
}

std::vector<FoundProcess> find_processes(std::span<const std::filesystem::path> directories) {
    std::vector<Place> places;
    for (const auto& directory : directories) places.push_back(place_of(directory.c_str()));
    const auto match = [&](const Place& at) {
        const auto same = [&](const Place& place) {
            return at.exists && place.exists && place.inode == at.inode &&
                   place.device == at.device;
        };
        return static_cast<std::size_t>(std::find_if(places.begin(), places.end(), same) -
                                        places.begin());
    };
    std::vector<FoundProcess> found;
    const std::unique_ptr<DIR, int (*)(DIR*)> proc(opendir("/proc"), closedir);
    if (!proc) throw RunError("cannot read /proc");
    while (const dirent* entry = readdir(proc.get())) {
        const std::string_view number(entry->d_name);
        pid_t pid = 0;
        if (std::from_chars(number.data(), number.data() + number.size(), pid).ec != std::errc{})
            continue;
        const auto cwd = fmt::format("/proc/{}/cwd", pid);
        auto at = place_of(cwd.c_str());
        std::optional<EffectiveUserGuard> guard;
        if (at.forbidden) {
            guard.emplace(pid);
            at = place_of(cwd.c_str());
        }
        if (match(at) == places.size()) continue;
        FoundProcess process;
        process.pid = pid;
        process.pidfd = open_pidfd(pid);
        // Checked again with the open descriptor: another process may have got the number in
        // between.
        process.directory = match(place_of(cwd.c_str()));
        process.program = program_of(pid);
        // An ending process first loses its program, and has none while its memory is freed
        // (measured: up to 50 ms under full load).
        const auto short_name = read_stat(process);
        const auto name =
            process.program.empty() ? short_name : process.program.filename().string();
        if (!process.pidfd || process.directory == places.size() || !is_server_program(name))
            continue;
        process.is_postgres = name.starts_with("postgres");
        found.push_back(std::move(process));
    }
    mark_roots(found);
    return found;
}

bool wait_until_gone(std::span<const FoundProcess> processes, std::chrono::milliseconds timeout) {
    const auto deadline = now_ticks() + to_ticks(timeout);
    for (const auto& process : processes) {
        while (true) {
            const auto left_ms = std::max<Ticks>(0, (deadline - now_ticks()) / 1'000'000);
            pollfd fd{process.pidfd.get(), POLLIN, 0};
            const int ready = poll(&fd, 1, static_cast<int>(left_ms));
            if (ready > 0) break;
            if (ready == 0 && left_ms == 0) return false;
        }
    }
    return true;
}

} // namespace citusbench
