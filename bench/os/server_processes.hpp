#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "os/pidfd.hpp"

namespace citusbench {

// What is done to all server processes that run in `directories` (see find_processes()).

/// Is given the processes that are killed next.
using BeforeKill = std::function<void(const std::vector<FoundProcess>& processes)>;
/// SIGKILL, until none is left; the time when the last was gone. Throws RunError where one stays.
Ticks kill_servers(const std::vector<std::filesystem::path>& directories,
                   const BeforeKill& before_kill = {});
/// SIGSTOP, until all stand still. Throws RunError with `who` where one does not.
Ticks pause_servers(const std::vector<std::filesystem::path>& directories, const std::string& who);
/// SIGCONT.
Ticks resume_servers(const std::vector<std::filesystem::path>& directories);

} // namespace citusbench
