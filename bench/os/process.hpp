#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/time.hpp"
#include "os/pidfd.hpp"
#include "os/unique_fd.hpp"

namespace citusbench {

/// What to execute: no shell, no PG* variables of the caller, messages in English, no blocked or
/// ignored signals.
struct Command {
    std::vector<std::string> args;   ///< args[0] is the path of the program
    std::filesystem::path directory; ///< where it runs
    std::filesystem::path input;     ///< what it reads; /dev/null if empty
    std::filesystem::path log;       ///< gets its output, appended; /dev/null if empty
    std::vector<std::pair<std::string, std::string>> environment; ///< added to the caller's
    bool as_server_user = false; ///< when root: as the user that servers run as
    /// Put a reaper between: a process that only waits for it. When citusbench has gone, a killed
    /// server would else stay a zombie until init collects it (in containers often never), and
    /// PostgreSQL takes a zombie for a living owner of its lock file.
    bool use_reaper = false;
};

/// Descriptors that a child writes to instead of Command::log; -1: the log.
struct ChildStreams {
    int output = -1;
    int errors = -1;
};

/// A child process in a session of its own, so that Ctrl-C on the terminal does not reach it. This
/// is the only place that starts programs. Killed with its process group and reaped when this
/// object ends, unless release() was called.
class ChildProcess {
  public:
    /// Throws RunError if the program cannot be executed.
    explicit ChildProcess(const Command& command, ChildStreams streams = {});
    ChildProcess(ChildProcess&&) noexcept;
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(ChildProcess&&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    ~ChildProcess();

    pid_t pid() const { return pid_; }
    /// Readable when it has ended.
    const UniqueFd& pidfd() const { return pidfd_; }
    /// How a child ended that has ended, or is about to.
    struct End {
        int exit_code = 0; ///< or 128 + the signal that ended it
        double cpu_s = 0;  ///< CPU time of it and of those children that it waited for
    };
    End reap();
    /// Leaves it running after this object ends; reap_servers() collects it.
    pid_t release();

  private:
    pid_t pid_ = -1;
    UniqueFd pidfd_;
};

/// Collects those released children that have ended, from any thread. While a dead postmaster is a
/// zombie, its successor regards the lock file as that of a running server.
void reap_servers();
/// True if this child has ended (and is collected now, or was by another thread).
bool has_ended(pid_t child);

/// The last lines of a text file from byte `from` on, as one line separated by " | ".
std::string tail_of(const std::filesystem::path& file, std::size_t from = 0, int lines = 4);
/// The file's contents from byte `from` on, as far as they can be read: a file of a process in
/// /proc cannot once that has ended. Empty if there is none.
std::string read_file(const std::filesystem::path& file, std::size_t from = 0);

// Actions on all server processes that run in `directories` (see find_processes()).

/// Gets the processes that are killed next.
using BeforeKill = std::function<void(const std::vector<FoundProcess>& processes)>;
/// SIGKILL, until none is left; the time when the last was gone. Throws RunError where one stays.
Ticks kill_servers(const std::vector<std::filesystem::path>& directories,
                   const BeforeKill& before_kill = {});
/// SIGSTOP, until all stand still. Throws RunError with `who` where one does not.
Ticks pause_servers(const std::vector<std::filesystem::path>& directories, const std::string& who);
/// SIGCONT.
Ticks resume_servers(const std::vector<std::filesystem::path>& directories);

} // namespace citusbench
