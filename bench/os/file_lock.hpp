#pragma once

#include <filesystem>

#include "os/unique_fd.hpp"

namespace citusbench {

/// flock() on a file, held until this object ends or the process dies, however it dies. The
/// descriptor is not inherited by servers, which would hold the lock on.
class FileLock {
  public:
    FileLock() = default;
    /// Not held if somebody else holds it. Creates the file; throws RunError.
    static FileLock attempt(const std::filesystem::path& file);

    /// Waits for the lock of an existing folder. The holder may remove the folder; then nothing is
    /// held. Throws RunError.
    static FileLock wait_folder(const std::filesystem::path& folder);

    bool held() const { return static_cast<bool>(fd_); }
    void release() { fd_.reset(); }

  private:
    explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
    UniqueFd fd_;
};

} // namespace citusbench
