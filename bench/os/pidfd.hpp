#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <span>
#include <vector>

#include "os/unique_fd.hpp"

namespace citusbench {

/// A descriptor that stands for one process for good, even after its number went to another.
/// Empty if the process is gone; throws RunError on kernels before 5.3.
UniqueFd open_pidfd(pid_t pid);

/// A process that was found by where it runs.
struct FoundProcess {
    pid_t pid = 0;
    pid_t parent = 0;
    char state = '?';              ///< as in /proc/PID/stat; 'T' is stopped
    std::size_t directory = 0;     ///< index into the directories of find_processes()
    bool is_root = false;          ///< its parent is not among those found: the postmaster
    std::filesystem::path program; ///< what it runs, e.g. /usr/lib/postgresql/15/bin/postgres
    bool is_postgres = false;      ///< and not Patroni, a balancer or etcd
    UniqueFd pidfd;

    /// False if it is gone already.
    bool signal(int number) const;
};

/// All server processes whose working directory is one of `directories`, compared by device and
/// inode. Every process of a server stays in its data directory, also after its parent died and
/// init took over, so this is proof of whose it is. Zombies count as gone.
std::vector<FoundProcess> find_processes(std::span<const std::filesystem::path> directories);

/// Waits until all of them are gone; false when `timeout` passed first.
bool wait_until_gone(std::span<const FoundProcess> processes, std::chrono::milliseconds timeout);

} // namespace citusbench
