#include "support/end_witness.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>
#include <map>

#include "cluster/ahead_of_load.hpp"
#include "cluster/pidfd.hpp"
#include "cluster/process.hpp"

namespace citusbench::test {
namespace {

using Processes = std::map<pid_t, UniqueFd>;

bool ends_within(const UniqueFd& pidfd, int milliseconds) {
    pollfd fd{pidfd.get(), POLLIN, 0};
    return poll(&fd, 1, milliseconds) > 0;
}

/// `look` adds those that are there and new.
std::future<Ticks> witness_end(const std::function<void(Processes&)>& look) {
    return std::async(std::launch::async, [look] {
        const AheadOfLoad ahead;
        Processes seen;
        for (int looks = 0; looks < 2'000; ++looks) {
            look(seen);
            if (seen.empty()) return Ticks{0};
            const bool ended = std::all_of(seen.begin(), seen.end(), [](const auto& entry) {
                return ends_within(entry.second, 50);
            });
            if (ended) return now_ticks();
        }
        return Ticks{0};
    });
}

} // namespace

std::future<Ticks> witness_end_of_server(const std::filesystem::path& data_dir) {
    return witness_end([data_dir](Processes& seen) {
        for (auto& process : find_processes(std::array{data_dir}))
            seen.try_emplace(process.pid, std::move(process.pidfd));
    });
}

std::future<Ticks> witness_end_of_container(const std::string& id) {
    return witness_end([id](Processes& seen) {
        for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
            const auto pid = static_cast<pid_t>(std::atoi(entry.path().filename().c_str()));
            if (pid == 0 || seen.contains(pid)) continue;
            if (citusbench::read_file(entry.path() / "cgroup").find(id) == std::string::npos)
                continue;
            if (auto fd = open_pidfd(pid)) seen.emplace(pid, std::move(fd));
        }
    });
}

} // namespace citusbench::test
