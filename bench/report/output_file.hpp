#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace citusbench {

/// A file to write, which reports every failure: a full disk at the latest in close(). All
/// functions throw RunError with the file and the reason.
class OutputFile {
  public:
    explicit OutputFile(std::filesystem::path path);
    void write(std::string_view text);
    /// Must be called at the end; the destructor closes without checking.
    void close();

  private:
    struct Closer {
        // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): the owner is the unique_ptr
        void operator()(std::FILE* file) const { (void)std::fclose(file); }
    };
    [[noreturn]] void fail(int error) const;

    std::filesystem::path path_;
    std::unique_ptr<std::FILE, Closer> file_;
};

} // namespace citusbench
