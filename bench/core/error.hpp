#pragma once

#include <stdexcept>

namespace citusbench {

/// Wrong options or configuration. what() is one line that names the option, the value and the
/// fix. main() prints it and ends with exit code 2; it is thrown only before anything was touched.
class UsageError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The run could not be done: a server, a program or the disk failed. Exit code 1.
class RunError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Ctrl-C, SIGTERM or SIGHUP during set-up, thrown by StopFlag::check(). Exit code 130.
class Interrupted : public std::runtime_error {
  public:
    Interrupted() : std::runtime_error("interrupted") {}
};

} // namespace citusbench
