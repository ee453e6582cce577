#include "perf/support/process.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "core/error.hpp"
#include "os/unique_fd.hpp"

namespace citusbench::perf {
namespace {

struct Pipe {
    UniqueFd read_end;
    UniqueFd write_end;
};

Pipe make_pipe() {
    int ends[2];
    if (pipe(ends) != 0) throw RunError("pipe failed");
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

[[noreturn]] void execute(const std::vector<std::string>& args) {
    std::vector<char*> argv;
    for (const auto& arg : args) argv.push_back(const_cast<char*>(arg.c_str()));
    argv.push_back(nullptr);
    execvp(argv[0], argv.data());
    _exit(127);
}

} // namespace

/// By hand and not through run_command: a peer in a session of its own is scheduled apart from its
/// server (autogroups), and would no longer cost what citusbench beside it costs for the same
/// reasons.
Ended run_program(const std::vector<std::string>& args) {
    auto out = make_pipe();
    const auto pid = fork();
    if (pid == 0) {
        dup2(out.write_end.get(), STDOUT_FILENO);
        if (!std::freopen("/dev/null", "w", stderr)) _exit(127);
        execute(args);
    }
    out.write_end.reset();
    Ended ended;
    char buffer[4096];
    for (ssize_t got; (got = read(out.read_end.get(), buffer, sizeof buffer)) > 0;)
        ended.output.append(buffer, static_cast<std::size_t>(got));
    rusage usage{};
    int status = 0;
    wait4(pid, &status, 0, &usage);
    if (status != 0) throw RunError(args.front() + " failed: " + ended.output);
    for (const auto& time : {usage.ru_utime, usage.ru_stime})
        ended.cpu_s += static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    return ended;
}

std::uint64_t resident_bytes() {
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    std::ifstream("/proc/self/statm") >> total >> resident;
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

NullServerProcess::NullServerProcess(const std::vector<std::string>& options) {
    const auto program =
        std::filesystem::read_symlink("/proc/self/exe").parent_path() / "perf_null_server";
    std::vector<std::string> args{program.string(), "0"};
    args.insert(args.end(), options.begin(), options.end());
    auto in = make_pipe();
    auto out = make_pipe();
    pid_ = fork();
    if (pid_ == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(in.read_end.get(), STDIN_FILENO);
        dup2(out.write_end.get(), STDOUT_FILENO);
        for (auto* each : {&in, &out}) {
            each->read_end.reset();
            each->write_end.reset();
        }
        execute(args);
    }
    to_ = std::move(in.write_end);
    from_ = std::move(out.read_end);
    out.write_end.reset();
    conninfo_ = read_line();
}

NullServerProcess::~NullServerProcess() {
    to_.reset();
    waitpid(pid_, nullptr, 0);
}

std::string NullServerProcess::read_line() {
    std::string line;
    for (char letter = 0; read(from_.get(), &letter, 1) == 1;) {
        if (letter == '\n') return line;
        line += letter;
    }
    throw RunError("perf_null_server has ended");
}

std::string NullServerProcess::command(const std::string& line) {
    const auto text = line + "\n";
    if (write(to_.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw RunError("perf_null_server has ended");
    return read_line();
}

void run_in_child(const std::function<void(void*)>& work, void* result, std::size_t size) {
    auto out = make_pipe();
    std::fflush(stdout);
    const auto pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        try {
            work(result);
        } catch (const std::exception& error) {
            fmt::print(stderr, "{}\n", error.what());
            _exit(1);
        }
        _exit(write(out.write_end.get(), result, size) == static_cast<ssize_t>(size) ? 0 : 1);
    }
    out.write_end.reset();
    const bool got = read(out.read_end.get(), result, size) == static_cast<ssize_t>(size);
    int status = 0;
    waitpid(pid, &status, 0);
    if (!got || status != 0) throw RunError("a measurement failed");
}

} // namespace citusbench::perf
