#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "os/pidfd.hpp"

namespace citusbench {

/// PostgreSQL frees its shared memory at a graceful end and at the next start. A node that was
/// killed and then deleted does neither: it would leave a System V segment (a machine has 4096) and
/// files in /dev/shm behind for good.

/// Appends the files in /dev/shm that these processes use to `<data directory>.shm`.
void note_shared_memory(std::span<const FoundProcess> processes,
                        std::span<const std::filesystem::path> data_dirs);
/// A server that started again has cleaned up itself.
void forget_shared_memory(const std::filesystem::path& data_dir);
/// Removes what a dead server left, by the notes and its postmaster.pid.
void remove_shared_memory(const std::filesystem::path& data_dir);

} // namespace citusbench
