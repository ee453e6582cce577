#include "os/run_command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/time.hpp"

namespace citusbench {
namespace {

/// How often `stop` is asked.
constexpr int stop_check_ms = 50;

/// One stream of a child's, read without blocking.
class OutputPipe {
  public:
    OutputPipe() {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) != 0)
            throw RunError(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
        read_end_ = UniqueFd(ends[0]);
        write_end_ = UniqueFd(ends[1]);
        fcntl(ends[0], F_SETFL, O_NONBLOCK);
    }
    int write_end() const { return write_end_.get(); }
    void close_write_end() { write_end_.reset(); }
    /// -1 once the last writer has closed it.
    int read_end() const { return read_end_ ? read_end_.get() : -1; }
    /// Appends what is there now.
    void drain(std::string& text) {
        std::array<char, 16'384> piece;
        while (read_end_) {
            const auto count = read(read_end_.get(), piece.data(), piece.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return; // nothing more for now
            if (count == 0)
                read_end_.reset();
            else
                text.append(piece.data(), static_cast<std::size_t>(count));
        }
    }

  private:
    UniqueFd read_end_;
    UniqueFd write_end_;
};

/// For people: a long command is cut.
std::string shown_command(const Command& command) {
    constexpr std::size_t max_shown = 200;
    auto text = fmt::format("{}", fmt::join(command.args, " "));
    std::replace(text.begin(), text.end(), '\n', ' ');
    if (text.size() > max_shown) text = text.substr(0, max_shown) + "…";
    return text;
}

class Deadline {
  public:
    explicit Deadline(const CommandLimits& limits)
        : limits_(limits), at_(now_ticks() + to_ticks(limits.timeout)) {}
    void check(const Command& command) const {
        if (now_ticks() < at_) return;
        throw CommandTimeout(
            fmt::format("`{}` did not end within {:g} s and was killed; {}", shown_command(command),
                        std::chrono::duration<double>(limits_.timeout).count(), limits_.fix));
    }

  private:
    const CommandLimits& limits_;
    Ticks at_;
};

/// Throws at the deadline or when stopped, so that the child's destructor kills the process.
void wait_for_end(ChildProcess& child, const Command& command, const StopFlag& stop,
                  const Deadline& deadline) {
    while (true) {
        pollfd end{child.pidfd().get(), POLLIN, 0};
        if (poll(&end, 1, stop_check_ms) > 0) return;
        stop.check();
        deadline.check(command);
    }
}

CommandResult collect(const Command& command, const StopFlag& stop, const CommandLimits& limits) {
    OutputPipe output;
    OutputPipe errors;
    const Deadline deadline(limits);
    ChildProcess child(command, {output.write_end(), errors.write_end()});
    output.close_write_end();
    errors.close_write_end();
    CommandResult result;
    for (bool ended = false; !ended;) {
        std::array<pollfd, 3> ready = {pollfd{child.pidfd().get(), POLLIN, 0},
                                       pollfd{output.read_end(), POLLIN, 0},
                                       pollfd{errors.read_end(), POLLIN, 0}};
        poll(ready.data(), ready.size(), stop_check_ms);
        // Checked before the pipes are read: when a child has ended, all its output is in them.
        // Processes that it left running may hold the pipes open for long, so their end is not
        // awaited.
        ended = ready[0].revents != 0;
        output.drain(result.output);
        errors.drain(result.errors);
        if (std::max(result.output.size(), result.errors.size()) > limits.max_output)
            throw RunError(fmt::format("`{}` wrote more than {} bytes and was killed",
                                       shown_command(command), limits.max_output));
        if (ended) break;
        stop.check();
        deadline.check(command);
    }
    const auto end = child.reap();
    result.exit_code = end.exit_code;
    result.cpu_s = end.cpu_s;
    return result;
}

} // namespace

CommandResult run_command(const Command& command, const StopFlag& stop,
                          const CommandLimits& limits) {
    stop.check();
    if (command.log.empty()) return collect(command, stop, limits);
    const Deadline deadline(limits);
    ChildProcess child(command);
    wait_for_end(child, command, stop, deadline);
    CommandResult result;
    const auto end = child.reap();
    result.exit_code = end.exit_code;
    result.cpu_s = end.cpu_s;
    return result;
}

void run_all(const std::vector<Command>& commands, const StopFlag& stop,
             const CommandLimits& limits) {
    const Deadline deadline(limits);
    std::vector<ChildProcess> children;
    children.reserve(commands.size());
    for (const auto& command : commands) children.emplace_back(command);
    for (std::size_t i = 0; i < commands.size(); ++i) {
        wait_for_end(children[i], commands[i], stop, deadline);
        if (const int code = children[i].reap().exit_code; code != 0)
            throw RunError(fmt::format("{} failed with exit code {}: {} (log: {})",
                                       commands[i].args[0], code, tail_of(commands[i].log),
                                       commands[i].log.string()));
    }
}

std::string output_of(const std::vector<std::string>& args, const StopFlag& stop,
                      const CommandLimits& limits) {
    Command command;
    command.args = args;
    command.directory = "."; // PATH may name folders relative to it
    try {
        auto result = run_command(command, stop, limits);
        return result.exit_code == 0 ? std::move(result.output) : std::string();
    } catch (const CommandTimeout&) {
        throw;
    } catch (const RunError&) {
        return {}; // it cannot be executed
    }
}

std::string output_of(const std::vector<std::string>& args) {
    const StopFlag never_stop;
    return output_of(args, never_stop);
}

} // namespace citusbench
