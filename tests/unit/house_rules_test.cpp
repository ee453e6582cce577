#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>

#include "support/not_empty.hpp"
#include "unit/source_files.hpp"

namespace citusbench {
namespace {

constexpr std::ptrdiff_t max_lines = 300;

std::ptrdiff_t lines_of(const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
}

TEST(HouseRules, NoFileIsTooLongToHaveOneClearJob) {
    auto files = source_files({"bench", "workloads", "tests", "sql"},
                              {".cpp", ".hpp", ".sql", ".cmake", "CMakeLists.txt"});
    for (const auto& script : source_files({"scripts", ".ci"}, {""})) files.push_back(script);
    for (const auto& path : test::not_empty(files))
        EXPECT_LE(lines_of(read_source(path)), max_lines) << path;
}

TEST(HouseRules, HeadersAreGuardedByPragmaOnce) {
    for (const auto& path :
         test::not_empty(source_files({"bench", "workloads", "tests"}, {".hpp"})))
        EXPECT_TRUE(read_source(path).starts_with("#pragma once\n")) << path;
}

/// It is slow to compile, and options have one policy where one file parses them.
TEST(HouseRules, ProgramOptionsIsIncludedByTheParserAlone) {
    std::vector<std::string> users;
    for (const auto& path : source_files({"bench", "workloads", "tests"}, {".cpp", ".hpp"}))
        if (read_source(path).find("\n#include <boost/program_options") != std::string::npos)
            users.push_back(path);
    EXPECT_EQ(users, std::vector<std::string>{"bench/options/parse_options.cpp"});
}

/// Two of them would be one to the linker, which takes either's functions for both.
TEST(HouseRules, NoTwoHeadersDefineATypeOfTheSameName) {
    const std::regex space(R"(\nnamespace ([a-z_:]+) \{)");
    const std::regex type(R"(\n(?:class|struct|enum class) (\w+)[^;\n]*\{)");
    std::map<std::string, std::string> seen;
    for (const auto& path : test::not_empty(source_files({"bench", "workloads"}, {".hpp"}))) {
        const auto text = read_source(path);
        std::smatch in;
        const auto name_space = std::regex_search(text, in, space) ? in[1].str() : "";
        for (std::sregex_iterator each(text.begin(), text.end(), type), end; each != end; ++each) {
            const auto [other, is_new] = seen.emplace(name_space + "::" + (*each)[1].str(), path);
            EXPECT_TRUE(is_new) << other->first << " in " << path << " and " << other->second;
        }
    }
    EXPECT_GT(seen.size(), 100U);
}

/// nlohmann/json costs some seconds in each file that sees it, so only sources include it.
TEST(HouseRules, NoHeaderIncludesTheJsonLibrary) {
    for (const auto& path : test::not_empty(source_files({"bench", "workloads"}, {".hpp"})))
        EXPECT_FALSE(read_source(path).find("nlohmann/json.hpp") != std::string::npos) << path;
}

/// A field of run.json is added in record/run_details.hpp and in report/, nowhere else.
TEST(HouseRules, RunJsonHasOneAuthor) {
    int authors = 0;
    for (const auto& path : source_files({"bench"}, {".cpp", ".hpp"})) {
        if (read_source(path).find("run_json.hpp") == std::string::npos) continue;
        ++authors;
        EXPECT_TRUE(path.starts_with("bench/report/")) << path;
    }
    EXPECT_GT(authors, 1);
}

} // namespace
} // namespace citusbench
