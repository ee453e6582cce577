#include "core/embedded_files.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "os/run_command.hpp"
#include "service/template.hpp"
#include "support/paths.hpp"
#include "unit/source_files.hpp"

namespace citusbench {
namespace {

TEST(ContainerFiles, TheBinaryHasThoseOfTheSourceTree) {
    std::vector<std::string> paths;
    for (const auto& file : container_files()) {
        EXPECT_EQ(file.text, read_source(std::string(file.path))) << file.path;
        paths.emplace_back(file.path);
    }
    for (const auto* path : {"compose.yml", ".dockerignore", "scripts/cluster/Dockerfile",
                             "scripts/cluster/node.py", "sql/cluster/citus_add_worker.sql"})
        EXPECT_NE(std::find(paths.begin(), paths.end(), path), paths.end()) << path;
}

/// What the containers' filler makes of a template.
std::string filled_in_a_container(const std::string& text, const TemplateInput& input) {
    const auto folder = std::filesystem::path(testing::TempDir());
    const auto text_file = folder / "template.in";
    const auto input_file = folder / "template.json";
    std::ofstream(text_file) << text;
    std::ofstream(input_file) << nlohmann::json{{"values", input.values}, {"lists", input.lists}};
    return output_of({"/bin/sh", "-c", R"(exec python3 "$0" "$1" <"$2")",
                      std::string(test::source_dir()) + "/scripts/cluster/fill_template.py",
                      text_file.string(), input_file.string()});
}

/// Every name that stands in a template gets a value; some lists have members, some none.
TemplateInput input_for(const std::string& text) {
    TemplateInput input;
    for (std::size_t at = 0; (at = text.find('@', at)) != std::string::npos; ++at) {
        const auto end = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", at + 1);
        if (end != std::string::npos && end > at + 1 && text[end] == '@')
            input.values[text.substr(at + 1, end - at - 1)] = "a@B@ " + std::to_string(at);
    }
    constexpr std::string_view each = "@each ";
    std::size_t members = 0;
    for (std::size_t at = 0; (at = text.find(each, at)) != std::string::npos; ++at) {
        const auto begin = at + each.size();
        auto& list = input.lists[text.substr(begin, text.find('@', begin) - begin)];
        list.assign(members++ % 3, {{"NAME", "own"}});
    }
    return input;
}

TEST(ContainerFiles, BothFillersMakeTheSameOfEveryTemplate) {
    if (output_of({"/bin/sh", "-c", "command -v python3"}).empty())
        GTEST_SKIP() << "no python3 on this machine";
    auto texts = std::vector<std::string>{
        "x\n@each SERVER@   @NAME@:@PORT@\n@each NOBODY@ @NAME@\ny @NAME\n",
        "me@home @@NAME@ @NAME@@NAME@ @ @\nno end @NAME@"};
    for (const auto& path : source_files({"scripts/cluster"}, {".in"}))
        texts.push_back(read_source(path));
    for (const auto& text : texts) {
        const auto input = input_for(text);
        EXPECT_EQ(filled_in_a_container(text, input), fill_template(text, input)) << text;
    }
    EXPECT_GE(texts.size(), 9U);
}

} // namespace
} // namespace citusbench
