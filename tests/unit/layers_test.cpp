#include "unit/layers.hpp"

#include <gtest/gtest.h>

#include <regex>

#include "unit/source_files.hpp"

namespace citusbench::layers_test {
namespace {

using Findings = std::vector<std::string>;

/// The folders that workloads/CMakeLists.txt finds.
std::set<std::string> workloads() {
    std::set<std::string> names;
    for (const auto& path : source_files({"workloads"}, {"/CMakeLists.txt"}))
        if (const auto name = std::filesystem::path(path).parent_path().filename().string();
            name != "workloads")
            names.insert(name);
    return names;
}

const Modules& modules() {
    static const auto table = read_modules(read_source("docs/ARCHITECTURE.md"), workloads());
    return table;
}

/// The link list of a module: the call that makes its target.
std::string link_list(const std::string& path, const std::string& call) {
    const auto text = read_source(path);
    std::smatch match;
    std::string links;
    // A target may be linked in several calls.
    for (auto at = text.cbegin();
         std::regex_search(at, text.cend(), match, std::regex(call + "\\s[^)]*\\)"));
         at = match[0].second)
        links += match[0].str();
    return links;
}

std::string link_list(const std::string& module) {
    if (module == "main")
        return link_list("bench/CMakeLists.txt", "target_link_libraries\\(citusbench");
    if (module == "workloads") {
        auto links =
            link_list("workloads/CMakeLists.txt", "target_link_libraries\\(citusbench_workloads");
        if (links.find("${workload_libraries}") != std::string::npos)
            for (const auto& name : workloads()) links += " citusbench::workload_" + name;
        return links;
    }
    const auto folder = module.starts_with("workloads/") ? module : "bench/" + module;
    return link_list(folder + "/CMakeLists.txt", "citusbench_module\\(\\w+");
}

TEST(Layers, EverySourceFileIncludesOnlyWhatTheTableAllows) {
    std::size_t files = 0;
    for (const auto& path : source_files({"bench", "workloads"}, {".cpp", ".hpp"})) {
        EXPECT_EQ(wrong_includes(modules(), path, read_source(path)), Findings());
        ++files;
    }
    EXPECT_GT(files, 40U);
}

TEST(Layers, LinkListsAreTheTable) {
    std::size_t lists = 0;
    for (const auto& [name, module] : modules()) {
        if (name == "sql") continue; // generated, depends on nothing
        EXPECT_EQ(wrong_links(modules(), name, link_list(name)), Findings());
        ++lists;
    }
    EXPECT_GT(lists, 20U);
}

TEST(Layers, TheTableHasNoCycle) {
    EXPECT_EQ(cycles(modules()), Findings());
    EXPECT_EQ(cycles(read_modules("## Modules\n| `a` | `b` | |\n| `b` | `c` | |\n"
                                  "| `c` | `b` | |\n")),
              (Findings{"b includes itself", "c includes itself"}));
}

TEST(Layers, AForbiddenIncludeIsFound) {
    EXPECT_EQ(wrong_includes(modules(), "bench/core/time.hpp", "#include \"pg/wire.hpp\"\n"),
              Findings{"bench/core/time.hpp: core must not include pg/wire.hpp"});
    EXPECT_EQ(wrong_includes(modules(), "bench/report/csv.cpp",
                             "#include <vector>\n  # include \"plan/plan.hpp\"\n"),
              Findings{"bench/report/csv.cpp: report must not include plan/plan.hpp"});
    EXPECT_EQ(wrong_includes(modules(), "workloads/chat/chat.cpp",
                             "#include \"workloads/spatial/spatial.hpp\"\n"),
              Findings{"workloads/chat/chat.cpp: workloads/chat must not include "
                       "workloads/spatial/spatial.hpp"});
    EXPECT_EQ(wrong_includes(modules(), "bench/worker/worker.cpp",
                             "#include \"workloads/chat/chat.hpp\"\n")
                  .size(),
              1U);
    EXPECT_EQ(wrong_includes(modules(), "bench/core/time.hpp", "#include \"time.hpp\"\n").size(),
              1U);
    EXPECT_EQ(wrong_includes(modules(), "bench/attic/old.hpp", ""),
              Findings{"bench/attic/old.hpp: the table has no module attic"});
}

TEST(Layers, OfAModuleNamedByAHeaderOnlyThatHeaderIsAllowed) {
    const auto includes = [](const std::string& header) {
        return wrong_includes(modules(), "bench/cli/options.cpp", "#include \"" + header + "\"\n");
    };
    EXPECT_EQ(includes("plan/plan.hpp"), Findings());
    EXPECT_EQ(includes("topology/topology.hpp"), Findings());
    EXPECT_EQ(includes("workloads/registry.hpp"), Findings());
    EXPECT_EQ(includes("worker/worker.hpp"),
              Findings{"bench/cli/options.cpp: cli must not include worker/worker.hpp"});
}

TEST(Layers, AConcreteWorkloadIsKnownToTheRegistryAlone) {
    const std::string include = "#include \"workloads/chat/chat.hpp\"\n";
    EXPECT_EQ(wrong_includes(modules(), "workloads/registry.cpp", include), Findings());
    EXPECT_EQ(wrong_includes(modules(), "bench/cli/options.cpp", include).size(), 1U);
    EXPECT_EQ(wrong_includes(modules(), "bench/worker/worker.cpp", include).size(), 1U);
}

TEST(Layers, EveryWorkloadHasTheRowOfAllOfThem) {
    EXPECT_TRUE(workloads().contains("chat") && workloads().contains("spatial"));
    const auto table = read_modules("## Modules\n| `workloads/*` | `core` | |\n"
                                    "| `workloads` | `workloads/*` | |\n",
                                    {"a", "b"});
    EXPECT_EQ(table.size(), 3U);
    EXPECT_EQ(table.at("workloads/b").links, std::set<std::string>{"core"});
    EXPECT_EQ(table.at("workloads").links, (std::set<std::string>{"workloads/a", "workloads/b"}));
}

TEST(Layers, ALinkThatDiffersFromTheTableIsFound) {
    EXPECT_EQ(wrong_links(modules(), "stats", "citusbench_module(stats citusbench::pg fmt::fmt)"),
              (Findings{"stats links, but may not include, pg",
                        "stats may include, but does not link, core"}));
}

} // namespace
} // namespace citusbench::layers_test
