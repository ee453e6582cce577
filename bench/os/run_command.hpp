#pragma once

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/stop_flag.hpp"
#include "os/process.hpp"

namespace citusbench {

/// A file for a command's output, which goes with this object.
class TemporaryLog {
  public:
    TemporaryLog() {
        auto name = (std::filesystem::temp_directory_path() / "citusbench-XXXXXX").string();
        const int fd = mkstemp(name.data());
        if (fd < 0) throw RunError(fmt::format("cannot make a file {}", name));
        close(fd);
        path_ = name;
    }
    TemporaryLog(const TemporaryLog&) = delete;
    TemporaryLog& operator=(const TemporaryLog&) = delete;
    ~TemporaryLog() {
        std::error_code error;
        std::filesystem::remove(path_, error);
    }
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

/// The limits of a command. Its whole process group is killed when it exceeds one.
struct CommandLimits {
    std::chrono::milliseconds timeout{30'000};
    std::string_view fix = "run it by hand to see what it waits for"; ///< ends the error line
    std::size_t max_output = std::size_t{64} << 20; ///< bytes of each of the two streams
};

/// The result of a command that ran to its end.
struct CommandResult {
    int exit_code = 0;  ///< or 128 + the signal that ended it
    std::string output; ///< standard output; empty where Command::log gets it
    std::string errors; ///< standard error; likewise
    double cpu_s = 0;   ///< CPU time of it and of those children that it waited for
};

/// The command took longer than it may.
class CommandTimeout : public RunError {
  public:
    using RunError::RunError;
};

/// Runs a command to its end, and does not wait for processes that it leaves running. Its output is
/// collected, or goes to Command::log where that is named. Throws RunError where it cannot be
/// executed or writes more than it may, CommandTimeout with command, seconds and fix, or
/// Interrupted within about 0.1 s of the request.
CommandResult run_command(const Command& command, const StopFlag& stop,
                          const CommandLimits& limits = {});

/// Runs the commands side by side until all have ended, with one deadline for all. Throws as
/// run_command() does, and RunError with the last lines of the log when one of them fails.
void run_all(const std::vector<Command>& commands, const StopFlag& stop,
             const CommandLimits& limits = {});

/// Standard output of a short program; empty if it cannot be executed or fails. Throws
/// CommandTimeout or Interrupted.
std::string output_of(const std::vector<std::string>& args, const StopFlag& stop,
                      const CommandLimits& limits = {});
/// The same for what cannot be interrupted, such as asking a program for its version.
std::string output_of(const std::vector<std::string>& args);

} // namespace citusbench
