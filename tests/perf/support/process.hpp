#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/time.hpp"
#include "os/unique_fd.hpp"

namespace citusbench::perf {

/// What a program that has ended used and printed.
struct Ended {
    double cpu_s = 0;
    std::string output; ///< standard output
};
/// Runs a program to its end. Throws RunError if it fails.
Ended run_program(const std::vector<std::string>& args);

/// Memory of this process that is in use now, in bytes.
std::uint64_t resident_bytes();

/// A null server in a process of its own, so that its CPU time and memory are not the client's. It
/// ends with this object, or with this process.
class NullServerProcess {
  public:
    /// `options` of perf_null_server, which lies beside the running program. Throws RunError.
    explicit NullServerProcess(const std::vector<std::string>& options = {});
    NullServerProcess(const NullServerProcess&) = delete;
    NullServerProcess& operator=(const NullServerProcess&) = delete;
    ~NullServerProcess();

    const std::string& conninfo() const { return conninfo_; }
    /// Gives it a line of its standard input; the line that it answers. Throws RunError.
    std::string command(const std::string& line);

  private:
    std::string read_line();

    pid_t pid_ = 0;
    UniqueFd to_;
    UniqueFd from_;
    std::string conninfo_;
};

/// Calls `work` in a forked process and gives its result, plain data, back: memory that one
/// measurement leaves behind does not change the next. Not while other threads run. Throws
/// RunError.
void run_in_child(const std::function<void(void*)>& work, void* result, std::size_t size);

template <typename Result, typename Work>
Result in_child(Work work) {
    static_assert(std::is_trivially_copyable_v<Result>);
    Result result{};
    run_in_child([&](void* into) { *static_cast<Result*>(into) = work(); }, &result, sizeof result);
    return result;
}

} // namespace citusbench::perf
