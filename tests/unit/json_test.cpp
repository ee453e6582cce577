#include "report/json.hpp"

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "unit/golden.hpp"
#include "unit/sample_run.hpp"

namespace citusbench {
namespace {

using nlohmann::ordered_json;
using test::expect_golden;
using test::read_text;
using test::sample_run;
using test::TemporaryFolder;

ordered_json written(const RunRecord& record) {
    const TemporaryFolder folder;
    write_run_json(record, folder.path());
    return ordered_json::parse(read_text(folder.path() / "run.json"));
}

TEST(Json, RunJsonIsAsTheContractSays) {
    const TemporaryFolder folder;
    make_json()->finish(sample_run(), folder.path());
    expect_golden("report/run.json", read_text(folder.path() / "run.json"));
}

TEST(Json, ARunThatHasNotEndedSaysSoAndIsReplacedAtTheEnd) {
    const TemporaryFolder folder;
    auto record = sample_run();
    record.phases.clear();
    record.status = RunStatus::running;
    write_run_json(record, folder.path());
    EXPECT_EQ(ordered_json::parse(read_text(folder.path() / "run.json"))["status"], "running");
    write_run_json(sample_run(), folder.path());
    EXPECT_EQ(ordered_json::parse(read_text(folder.path() / "run.json"))["status"], "complete");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(Json, AFailureIsNamed) {
    auto record = sample_run();
    record.status = RunStatus::failed;
    record.failure = "worker2 could not be started again";
    const auto json = written(record);
    EXPECT_EQ(json["status"], "failed");
    EXPECT_EQ(json["failure"], "worker2 could not be started again");
}

TEST(Json, AnOperationThatNeverEndedShowsInTheAccounting) {
    EXPECT_TRUE(written(sample_run())["accounting"]["holds"]);
    auto record = sample_run();
    ++record.phases[1].operations[1].scheduled;
    const auto accounting = written(record)["accounting"];
    EXPECT_FALSE(accounting["holds"]);
    EXPECT_TRUE(accounting["phases"][0]["balanced"]);
    EXPECT_FALSE(accounting["phases"][1]["balanced"]);
}

TEST(Json, TwoErrorsThatCancelOutDoNotMakeTheRuleHold) {
    auto record = sample_run();
    ++record.phases[1].operations[0].scheduled;
    --record.phases[1].operations[1].scheduled;
    EXPECT_FALSE(written(record)["accounting"]["holds"]);
}

TEST(Json, AFullDiskKeepsTheEarlierFile) {
    const TemporaryFolder folder;
    write_run_json(sample_run(), folder.path());
    const auto before = read_text(folder.path() / "run.json");
    std::filesystem::create_symlink("/dev/full", folder.path() / ".run.json.new");
    EXPECT_THROW(write_run_json(sample_run(), folder.path()), RunError);
    EXPECT_EQ(read_text(folder.path() / "run.json"), before);
}

} // namespace
} // namespace citusbench
