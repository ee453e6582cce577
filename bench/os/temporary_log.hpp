#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>

#include <fmt/format.h>

#include "core/error.hpp"

namespace citusbench {

/// A file for a command's output, which goes with this object.
class TemporaryLog {
  public:
    TemporaryLog() {
        auto name = (std::filesystem::temp_directory_path() / "citusbench-XXXXXX").string();
        const int fd = mkstemp(name.data());
        if (fd < 0) throw RunError(fmt::format("cannot make a file {}", name));
        close(fd);
        path_ = name;
    }
    TemporaryLog(const TemporaryLog&) = delete;
    TemporaryLog& operator=(const TemporaryLog&) = delete;
    ~TemporaryLog() {
        std::error_code error;
        std::filesystem::remove(path_, error);
    }
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

} // namespace citusbench
