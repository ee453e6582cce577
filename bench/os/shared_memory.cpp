#include "os/shared_memory.hpp"

#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "os/process.hpp"
#include "os/thread_guards.hpp"

namespace citusbench {
namespace {

constexpr std::string_view posix_prefix = "/dev/shm/PostgreSQL.";

std::filesystem::path notes_of(const std::filesystem::path& data_dir) {
    return data_dir.string() + ".shm";
}

std::set<std::string> posix_files_of(pid_t pid) {
    std::set<std::string> files;
    const EffectiveUserGuard guard(pid);
    std::istringstream maps(read_file(fmt::format("/proc/{}/maps", pid)));
    for (std::string line; std::getline(maps, line);)
        if (const auto at = line.find(posix_prefix); at != std::string::npos)
            files.insert(line.substr(at, line.find(' ', at) - at));
    return files;
}

/// Line 7 of postmaster.pid: key and id of the System V segment.
void remove_system_v(const std::filesystem::path& data_dir) {
    constexpr int shared_memory_line = 7;
    std::ifstream in(data_dir / "postmaster.pid");
    std::string line;
    for (int i = 0; i < shared_memory_line; ++i)
        if (!std::getline(in, line)) return;
    unsigned long key = 0;
    int id = -1;
    if (!(std::istringstream(line) >> key >> id)) return;
    shmid_ds info{};
    // Ids are given again after a reboot or a removal: only an unattached segment of this key is
    // it.
    if (shmctl(id, IPC_STAT, &info) == 0 && info.shm_nattch == 0 &&
        info.shm_perm.__key == static_cast<key_t>(key))
        shmctl(id, IPC_RMID, nullptr);
}

} // namespace

void note_shared_memory(std::span<const FoundProcess> processes,
                        std::span<const std::filesystem::path> data_dirs) {
    std::vector<std::set<std::string>> files(data_dirs.size());
    for (const auto& process : processes)
        files[process.directory].merge(posix_files_of(process.pid));
    for (std::size_t i = 0; i < data_dirs.size(); ++i) {
        if (files[i].empty()) continue;
        std::ofstream out(notes_of(data_dirs[i]), std::ios::app);
        for (const auto& file : files[i]) out << file << '\n';
    }
}

void forget_shared_memory(const std::filesystem::path& data_dir) {
    std::error_code error;
    std::filesystem::remove(notes_of(data_dir), error);
}

void remove_shared_memory(const std::filesystem::path& data_dir) {
    std::ifstream notes(notes_of(data_dir));
    for (std::string file; std::getline(notes, file);)
        if (file.starts_with(posix_prefix) &&
            file.find('/', posix_prefix.size()) == std::string::npos)
            unlink(file.c_str());
    forget_shared_memory(data_dir);
    remove_system_v(data_dir);
}

} // namespace citusbench
