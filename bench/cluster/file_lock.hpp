#pragma once

#include <filesystem>

#include "cluster/unique_fd.hpp"

namespace citusbench {

/// flock() on a file, held until this object ends or the process dies, however it dies. The
/// descriptor is not inherited by servers, which would hold the lock on.
class FileLock {
  public:
    FileLock() = default;
    /// Waits for the lock; creates the file. Throws RunError.
    static FileLock wait(const std::filesystem::path& file);
    /// Not held if somebody else holds it.
    static FileLock attempt(const std::filesystem::path& file);

    bool held() const { return static_cast<bool>(fd_); }
    void release() { fd_.reset(); }

  private:
    explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
    UniqueFd fd_;
};

} // namespace citusbench
