#include <gtest/gtest.h>

#include <algorithm>

#include "unit/source_files.hpp"

namespace citusbench {
namespace {

constexpr std::ptrdiff_t max_lines = 320;

std::ptrdiff_t lines_of(const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
}

TEST(HouseRules, NoFileIsTooLongToHaveOneClearJob) {
    auto files = source_files({"bench", "workloads", "tests", "sql"},
                              {".cpp", ".hpp", ".sql", ".cmake", "CMakeLists.txt"});
    for (const auto& script : source_files({"scripts", ".ci"}, {""})) files.push_back(script);
    for (const auto& path : files) EXPECT_LE(lines_of(read_source(path)), max_lines) << path;
}

TEST(HouseRules, HeadersAreGuardedByPragmaOnce) {
    for (const auto& path : source_files({"bench", "workloads", "tests"}, {".hpp"}))
        EXPECT_TRUE(read_source(path).starts_with("#pragma once\n")) << path;
}

} // namespace
} // namespace citusbench
