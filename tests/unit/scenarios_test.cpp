#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/make_plan.hpp"
#include "cli/suite_options.hpp"
#include "core/error.hpp"
#include "support/paths.hpp"
#include "support/state_folder.hpp"

namespace citusbench {
namespace {

using Args = std::vector<std::string>;

const std::filesystem::path folder =
    std::filesystem::path(test::source_dir()) / "workloads" / "scenarios";

Args words_of(const std::string& line) {
    std::istringstream stream(line);
    Args words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

/// The arguments of each `#: run` and `#: suite` of a scenario; one without any is run as it is.
/// What goes to a cluster that was started before gets the options of that, as if it were its own.
std::vector<Args> calls_of(const std::filesystem::path& scenario) {
    std::vector<Args> calls;
    Args cluster;
    std::ifstream file(scenario);
    for (std::string line; std::getline(file, line);) {
        const auto words = words_of(line);
        if (words.size() < 3 || words[0] != "#:") continue;
        if (words[1] == "cluster") cluster.assign(words.begin() + 3, words.end());
        if (words[1] != "run" && words[1] != "suite") continue;
        Args call = {"--config", scenario.string()};
        bool is_elsewhere = false;
        for (auto word = words.begin() + 3; word != words.end(); ++word) {
            if (word->starts_with("--dsn="))
                is_elsewhere = true;
            else if (words[1] == "suite" && word == words.begin() + 3)
                call.insert(call.begin(), {"suite", *word});
            else if (!word->starts_with("--weights=")) // of the entry points behind --dsn
                call.push_back(*word);
        }
        for (const auto& option : cluster)
            if (is_elsewhere && !option.starts_with("--connections=")) call.push_back(option);
        calls.push_back(std::move(call));
    }
    if (calls.empty()) calls.push_back({"--config", scenario.string()});
    return calls;
}

/// What citusbench refuses of these arguments; else empty.
std::string refusal(Args call) {
    try {
        if (call.front() == "suite") {
            call.erase(call.begin());
            make_suite_plan(parse_suite_options(call), call);
        } else {
            make_plan(parse_run_options(call), call);
        }
    } catch (const UsageError& error) {
        return error.what();
    }
    return "";
}

/// Nothing is started, but PostgreSQL and the programs of the topologies must be installed.
class ScenariosTest : public testing::Test {
  protected:
    void SetUp() override {
        try {
            has_citus_ = find_local_postgres().has_citus;
        } catch (const std::exception& error) {
            GTEST_SKIP() << error.what();
        }
    }

    bool has_citus_ = false;
    test::StateFolder state_;
};

TEST_F(ScenariosTest, EveryFileIsAcceptedWithTheOptionsOfItsRuns) {
    int files = 0;
    int accepted = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".ini") continue;
        ++files;
        for (auto call : calls_of(entry.path())) {
            if (entry.path().filename() == "ha.ini")
                call.insert(call.end(), {"--workload=spatial"});
            const auto why = refusal(call);
            // A scenario may need copies, which only Citus keeps.
            if (!has_citus_ && why.find("--engine citus") != std::string::npos) continue;
            EXPECT_EQ(why, "") << testing::PrintToString(call);
            ++accepted;
        }
    }
    EXPECT_GT(files, 20);
    EXPECT_GT(accepted, 10);
}

TEST_F(ScenariosTest, AMistakeInAFileOrItsRunsIsSeen) {
    const auto scenario = state_.path() / "000-wrong.ini";
    std::ofstream(scenario) << "#: run one --fault=crash:worker9\n#: suite two benchmark --rate=5\n"
                               "workload = chat\ntopology = active-active\n";
    const auto calls = calls_of(scenario);
    ASSERT_EQ(calls.size(), 2U);
    EXPECT_NE(refusal(calls[0]).find("worker9"), std::string::npos) << refusal(calls[0]);
    EXPECT_NE(refusal(calls[1]).find("--rate"), std::string::npos) << refusal(calls[1]);
}

} // namespace
} // namespace citusbench
