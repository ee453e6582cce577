#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "support/paths.hpp"

namespace citusbench::test {

inline std::string read_text(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    EXPECT_TRUE(in) << path;
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

inline void write_text(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

inline std::vector<std::string> split_lines(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

/// Compares with tests/golden/NAME line by line. CITUSBENCH_UPDATE_GOLDEN=1 writes the file
/// instead: look at the difference before committing it.
inline void expect_golden(const std::string& name, const std::string& actual) {
    const auto path = std::filesystem::path(source_dir()) / "tests/golden" / name;
    if (std::getenv("CITUSBENCH_UPDATE_GOLDEN") != nullptr) write_text(path, actual);
    const auto expected = split_lines(read_text(path));
    const auto found = split_lines(actual);
    for (std::size_t i = 0; i < std::min(expected.size(), found.size()); ++i)
        EXPECT_EQ(found[i], expected[i]) << name << " line " << i + 1;
    EXPECT_EQ(found.size(), expected.size()) << name;
}

/// A new empty folder below the system's temporary one, removed at the end.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        auto name = (std::filesystem::temp_directory_path() / "citusbench-test-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) std::abort();
        path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

} // namespace citusbench::test
