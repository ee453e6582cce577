#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "os/pidfd.hpp"

namespace citusbench {

/// PostgreSQL cleans its shared memory up when it ends in order or is started again. A node that
/// was killed and is then deleted does neither, and each would leave a System V segment (4096 a
/// machine) and files in /dev/shm behind for good.

/// Appends the files in /dev/shm that these processes use to `<data directory>.shm`.
void note_shared_memory(std::span<const FoundProcess> processes,
                        std::span<const std::filesystem::path> data_dirs);
/// A server that started again has cleaned up itself.
void forget_shared_memory(const std::filesystem::path& data_dir);
/// Removes what a dead server left, by the notes and its postmaster.pid.
void remove_shared_memory(const std::filesystem::path& data_dir);

} // namespace citusbench
