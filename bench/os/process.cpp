#include "os/process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <mutex>
#include <sstream>

#include <fmt/format.h>

#include "core/error.hpp"
#include "os/pidfd.hpp"
#include "os/server_user.hpp"

namespace citusbench {
namespace {

/// Everything the child needs, made before fork(): between fork() and exec() of a program with
/// threads only async-signal-safe calls are allowed.
struct Prepared {
    std::vector<std::string> environment;
    std::vector<char*> argv;
    std::vector<char*> envp;
    UniqueFd input;
    UniqueFd log;
    int output = -1;
    int errors = -1;
    const char* directory = nullptr;
    const ServerUser* user = nullptr;
};

std::vector<std::string> clean_environment(const Command& command) {
    std::vector<std::string> result;
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view text(*entry);
        // PGDATA, PGPORT, PGOPTIONS and the like would change what servers and initdb do.
        if (text.starts_with("PG") || text.starts_with("LC_") || text.starts_with("LANG")) continue;
        result.emplace_back(text);
    }
    result.emplace_back("LC_ALL=C");
    for (const auto& [name, value] : command.environment)
        result.push_back(fmt::format("{}={}", name, value));
    return result;
}

UniqueFd open_or_throw(const std::filesystem::path& path, int flags) {
    UniqueFd fd(open(path.c_str(), flags | O_CLOEXEC, 0600));
    if (!fd) throw RunError(fmt::format("cannot open {}: {}", path.string(), std::strerror(errno)));
    return fd;
}

Prepared prepare(const Command& command, ChildStreams streams) {
    Prepared prepared;
    prepared.environment = clean_environment(command);
    for (auto& text : prepared.environment) prepared.envp.push_back(text.data());
    prepared.envp.push_back(nullptr);
    for (const auto& arg : command.args) prepared.argv.push_back(const_cast<char*>(arg.c_str()));
    prepared.argv.push_back(nullptr);
    prepared.input =
        open_or_throw(command.input.empty() ? "/dev/null" : command.input.c_str(), O_RDONLY);
    prepared.log = command.log.empty() ? open_or_throw("/dev/null", O_WRONLY)
                                       : open_or_throw(command.log, O_WRONLY | O_CREAT | O_APPEND);
    prepared.output = streams.output < 0 ? prepared.log.get() : streams.output;
    prepared.errors = streams.errors < 0 ? prepared.log.get() : streams.errors;
    if (!command.log.empty()) chown_to_server_user(command.log);
    prepared.directory = command.directory.empty() ? "/" : command.directory.c_str();
    if (command.as_server_user && server_user().differs) prepared.user = &server_user();
    return prepared;
}

[[noreturn]] void fail(int report) {
    const int error = errno;
    [[maybe_unused]] const auto written = write(report, &error, sizeof error);
    _exit(127);
}

/// The reaper holds no resources, waits and ends. It also collects the processes that its server
/// leaves behind: the PostgreSQL that Patroni starts can outlive Patroni.
[[noreturn]] void reaper_main() {
    [[maybe_unused]] const int moved = chdir("/");
    constexpr int descriptors = 1'024; // where close_range() does not exist
    if (syscall(SYS_close_range, 0U, ~0U, 0U) != 0)
        for (int fd = 0; fd < descriptors; ++fd) close(fd);
    while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
    }
    _exit(0);
}

/// A disposition "ignored" outlives execve(), as the mask does: under nohup, or a caller that
/// blocks SIGTERM for its own reasons, children could not be ended.
void reset_signals() {
    for (int number = 1; number <= SIGRTMAX; ++number) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void exec_child(const Prepared& prepared, bool use_reaper, int report) {
    if (use_reaper) {
        setsid();
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        const pid_t server = fork();
        if (server > 0) reaper_main();
        if (server < 0) fail(report);
    }
    reset_signals();
    setsid();
    bool good = dup2(prepared.input.get(), 0) == 0 && dup2(prepared.output, 1) == 1 &&
                dup2(prepared.errors, 2) == 2;
    // A descriptor that some library left inheritable would keep our locks and sockets alive.
    syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */);
    if (good && prepared.user)
        good = setgroups(0, nullptr) == 0 && setgid(prepared.user->gid) == 0 &&
               setuid(prepared.user->uid) == 0;
    if (good && chdir(prepared.directory) == 0)
        execve(prepared.argv[0], prepared.argv.data(), prepared.envp.data());
    fail(report);
}

int exit_code(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace

ChildProcess::ChildProcess(const Command& command, ChildStreams streams) {
    const auto prepared = prepare(command, streams);
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        throw RunError(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
    const UniqueFd read_end(ends[0]);
    UniqueFd write_end(ends[1]);
    pid_ = fork();
    if (pid_ == 0) exec_child(prepared, command.use_reaper, write_end.get());
    if (pid_ < 0) throw RunError(fmt::format("cannot fork: {}", std::strerror(errno)));
    write_end.reset();
    int error = 0;
    // Ends with nothing read as soon as execve() has closed the child's end.
    if (read(read_end.get(), &error, sizeof error) == sizeof error) {
        waitpid(pid_, nullptr, 0);
        throw RunError(fmt::format("cannot execute {}: {}", command.args[0], std::strerror(error)));
    }
    pidfd_ = open_pidfd(pid_);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), pidfd_(std::move(other.pidfd_)) {}

ChildProcess::~ChildProcess() {
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL); // the session that it made: its group has its number
    waitpid(pid_, nullptr, 0);
}

ChildProcess::End ChildProcess::reap() {
    int status = 0;
    rusage usage{};
    wait4(pid_, &status, 0, &usage);
    pid_ = -1;
    End end{exit_code(status), 0};
    for (const auto& time : {usage.ru_utime, usage.ru_stime})
        end.cpu_s += static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    return end;
}

namespace {
std::mutex released_mutex;
std::vector<pid_t> released;
} // namespace

pid_t ChildProcess::release() {
    const std::lock_guard lock(released_mutex);
    released.push_back(pid_);
    return std::exchange(pid_, -1);
}

bool has_ended(pid_t child) {
    return waitpid(child, nullptr, WNOHANG) != 0;
}

void reap_servers() {
    const std::lock_guard lock(released_mutex);
    std::erase_if(released, has_ended);
}

std::string read_file(const std::filesystem::path& file, std::size_t from) {
    std::ifstream in(file, std::ios::binary);
    in.seekg(static_cast<std::streamoff>(from));
    std::ostringstream text;
    text << in.rdbuf(); // an iterator over the buffer would throw where a read fails
    return std::move(text).str();
}

std::string tail_of(const std::filesystem::path& file, std::size_t from, int lines) {
    auto text = read_file(file, from);
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    std::size_t begin = text.size();
    for (int i = 0; i < lines && begin != std::string::npos && begin > 0; ++i)
        begin = text.rfind('\n', begin - 1);
    text = begin == std::string::npos ? text : text.substr(begin + (text.empty() ? 0 : 1));
    std::string line;
    for (const char c : text) {
        if (c == '\n')
            line += " | ";
        else
            line += c == '\t' ? ' ' : c;
    }
    return line.empty() ? "(the log is empty)" : line;
}

} // namespace citusbench
