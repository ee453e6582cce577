#include "support/end_witness.hpp"

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <map>
#include <set>
#include <thread>

#include <nlohmann/json.hpp>

#include "os/pidfd.hpp"
#include "os/process.hpp"
#include "os/thread_guards.hpp"

namespace citusbench::test {
namespace {

using Processes = std::map<pid_t, UniqueFd>;

/// Notes when processes end. Its thread does nothing else: whoever looks for further processes at
/// that moment is late by as long as that takes.
class Ends {
  public:
    ~Ends() {
        stopping_ = true;
        thread_.join();
    }
    void add(const UniqueFd& process) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = process.get();
        epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, process.get(), &event);
    }
    std::size_t count() const { return count_; }
    /// Of the latest of them.
    Ticks last() const { return last_; }

  private:
    void wait() {
        const RealtimePriorityGuard guard;
        while (!stopping_) {
            epoll_event event{};
            if (epoll_wait(epoll_.get(), &event, 1, 50) <= 0) continue;
            last_ = now_ticks();
            epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, event.data.fd, nullptr);
            ++count_;
        }
    }

    const UniqueFd epoll_{epoll_create1(EPOLL_CLOEXEC)};
    std::atomic<bool> stopping_{false};
    std::atomic<std::size_t> count_{0};
    std::atomic<Ticks> last_{0};
    std::thread thread_{[this] { wait(); }};
};

/// `look` adds those that are there and new.
std::future<Ticks> witness_end(const std::function<void(Processes&)>& look) {
    return std::async(std::launch::async, [look] {
        constexpr auto between_looks = std::chrono::milliseconds(50);
        const RealtimePriorityGuard guard;
        Processes seen;
        std::set<pid_t> watched;
        Ends ends;
        for (int looks = 0; looks < 2'000; ++looks) {
            look(seen);
            if (seen.empty()) return Ticks{0};
            for (const auto& [pid, process] : seen)
                if (watched.insert(pid).second) ends.add(process);
            if (ends.count() == seen.size()) return ends.last();
            std::this_thread::sleep_for(between_looks);
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

double elapsed_s(const std::string& run_json, Ticks moment) {
    const auto clock = nlohmann::json::parse(run_json).at("clock");
    return to_seconds(moment - clock.at("zero_monotonic_ns").get<Ticks>());
}

} // namespace citusbench::test
