#include <gtest/gtest.h>

#include "unit/verify_support.hpp"

namespace citusbench::chat_test {
namespace {

std::vector<std::string> named(const Violations& violations) {
    EXPECT_EQ(violations.count, violations.named.size());
    return violations.named;
}

std::int64_t id_of(const pg::CopyBuffer& row) {
    return *pg::field_int8(pg::CopyFields::at({row.data(), row.size()}, 1));
}

TEST(VerifyRows, WhatWasAcknowledgedAndLoadedAndIsThereIsNoViolation) {
    Case run({"post"});
    for (std::uint64_t index = 0; index < 3; ++index) run.record(index, Outcome::ok);
    const auto result = run.look({run.inserted(0), run.inserted(1), run.inserted(2)});
    EXPECT_EQ(result.duplicated.count + result.unexpected.count + result.corrupted.count, 0U);
    const auto comparison = run.count(result);
    EXPECT_EQ(comparison.acknowledged_rows, 3U);
    EXPECT_EQ(comparison.loaded_rows, 4U + 8U + 20U);
    EXPECT_EQ(comparison.lost.count + comparison.stale.count + comparison.unexpected.count, 0U);
}

TEST(VerifyRows, AMissingAcknowledgedRowIsLostAndNamedByKeyAndShard) {
    Case run({"post"});
    run.record(5, Outcome::ok);
    const auto lost = named(run.count(run.look({})).lost);
    ASSERT_EQ(lost.size(), 1U);
    EXPECT_TRUE(lost[0].starts_with("messages id 8796093022848 (run 1, operation 5, room_id "))
        << lost[0];
    EXPECT_NE(lost[0].find(", shard "), std::string::npos) << lost[0];
    EXPECT_NE(lost[0].find(" on worker"), std::string::npos) << lost[0];
}

TEST(VerifyRows, AMissingLoadedRowIsLost) {
    Case run({"post"});
    const auto lost = named(run.count(run.look({}, {{members_table, 3}})).lost);
    ASSERT_EQ(lost.size(), 1U);
    EXPECT_TRUE(lost[0].starts_with("room_members id 4 (loaded row, room_id 2, shard ")) << lost[0];
}

TEST(VerifyRows, ARowSeenTwiceIsDuplicated) {
    Case run({"post"});
    run.record(0, Outcome::ok);
    const auto result = run.look({run.inserted(0), run.inserted(0), run.loaded(messages_table, 7)});
    EXPECT_EQ(named(result.duplicated).size(), 2U);
    EXPECT_EQ(result.corrupted.count, 0U);
}

TEST(VerifyRows, AnUnknownOutcomeIsCountedEitherWayAndIsNoFault) {
    Case run({"post"});
    run.record(0, Outcome::unknown);
    run.record(1, Outcome::unknown);
    run.record(2, Outcome::unknown);
    const auto comparison = run.count(run.look({run.inserted(1)}));
    EXPECT_EQ(comparison.unknown_applied, 1U);
    EXPECT_EQ(comparison.unknown_absent, 2U);
    EXPECT_EQ(comparison.lost.count + comparison.unexpected.count, 0U);
}

TEST(VerifyRows, TheRowOfAFailedOrSkippedInsertIsUnexpected) {
    Case run({"post"});
    run.record(0, Outcome::failed);
    run.record(1, Outcome::skipped);
    run.record(2, Outcome::failed);
    const auto unexpected =
        named(run.count(run.look({run.inserted(0), run.inserted(1)})).unexpected);
    ASSERT_EQ(unexpected.size(), 2U);
    EXPECT_NE(unexpected[0].find("its insert failed"), std::string::npos);
}

TEST(VerifyRows, RowsThatNoOperationIssuedAreUnexpected) {
    Case run({"post"});
    run.record(0, Outcome::ok);
    const auto with_id = [&](std::int64_t id) {
        return Case::with(run.inserted(0), 1, [&](pg::CopyBuffer& out) { out.add_int8(id); });
    };
    const auto no_id = Case::with(run.inserted(0), 1, [](pg::CopyBuffer& out) { out.add_null(); });
    const auto result =
        run.look({run.inserted(0), with_id(row_id(1, 0, 1)), with_id(row_id(1, 9)),
                  with_id(row_id(2, 0)), with_id(21), with_id(0), with_id(-5), no_id});
    EXPECT_EQ(named(result.unexpected).size(), 7U);
    EXPECT_EQ(run.count(result).lost.count, 0U);
}

TEST(VerifyRows, ARowOfAnotherTableThanThatOfTheInsertsIsUnexpected) {
    Case run({"post"});
    run.record(0, Outcome::ok);
    auto result = run.look({run.inserted(0)});
    const auto foreign = Case::with(run.loaded(members_table, 0), 1,
                                    [](pg::CopyBuffer& out) { out.add_int8(row_id(1, 0)); });
    run.show(members_table, foreign, result);
    EXPECT_EQ(named(result.unexpected).size(), 1U);
}

TEST(VerifyRows, AnOperationOfAKindThatInsertsNothingHasNoRow) {
    Case run({"edit"});
    run.record(0, Outcome::ok);
    EXPECT_EQ(run.look({run.inserted(0)}).unexpected.count, 1U);
}

TEST(VerifyRows, EveryColumnOfAnInsertedRowCounts) {
    Case run({"post"});
    run.record(0, Outcome::ok);
    const auto& columns = run.description.workload->tables()[messages_table].copy_columns;
    for (std::size_t column = 0; column < columns.size(); ++column) {
        if (columns[column] == "id") continue;
        const auto changed =
            Case::with(run.inserted(0), column, [](pg::CopyBuffer& out) { out.add_text("other"); });
        const auto corrupted = named(run.look({changed}).corrupted);
        ASSERT_EQ(corrupted.size(), 1U) << columns[column];
        EXPECT_TRUE(corrupted[0].ends_with(": " + columns[column] + " not as sent"))
            << corrupted[0];
    }
}

TEST(VerifyRows, EveryColumnOfALoadedRowCounts) {
    Case run({"post"});
    for (std::size_t table = 0; table < 3; ++table) {
        const auto& columns = run.description.workload->tables()[table].copy_columns;
        for (std::size_t column = 0; column < columns.size(); ++column) {
            if (columns[column] == "id") continue;
            auto result = run.row_verifier().blank();
            run.show(table,
                     Case::with(run.loaded(table, 0), column,
                                [](pg::CopyBuffer& out) { out.add_text("something"); }),
                     result);
            EXPECT_EQ(named(result.corrupted).size(), 1U) << table << " " << columns[column];
        }
    }
}

TEST(VerifyRows, RowsOfOtherRunsAreCountedAndNotChecked) {
    Case run({"post"}, 2, 3);
    run.record(0, Outcome::ok);
    const auto of_run = [&](std::uint64_t number) {
        return Case::with(run.inserted(0), 1,
                          [&](pg::CopyBuffer& out) { out.add_int8(row_id(number, 8)); });
    };
    const auto result = run.look({run.inserted(0), of_run(1), of_run(3), of_run(4)});
    EXPECT_EQ(result.rows_of_other_runs, 2U);
    EXPECT_EQ(named(result.unexpected).size(), 1U) << "run 4 was never";
    EXPECT_EQ(id_of(of_run(4)), row_id(4, 8));
}

TEST(VerifyRows, OnlyTheFirstTwentyOffendersAreNamedAndAllAreCounted) {
    Case run({"post"});
    for (std::uint64_t index = 0; index < 50; ++index) run.record(index, Outcome::ok);
    const auto lost = run.count(run.look({})).lost;
    EXPECT_EQ(lost.count, 50U);
    EXPECT_EQ(lost.named.size(), 20U);
}

TEST(VerifyRows, WhatBecomesVisibleLaterOrThroughOneEntryPointIsStaleAndNotLost) {
    Case run({"post"});
    run.record(0, Outcome::ok);
    run.record(1, Outcome::ok);
    run.record(2, Outcome::unknown);
    const auto all = run.look({run.inserted(0), run.inserted(1), run.inserted(2)});
    const auto one = run.look({run.inserted(1)});
    ScanHistory history(run.row_verifier());
    history.begin_round();
    history.add(one);
    EXPECT_EQ(compare_with_ledger(history, run.row_verifier(), run.stop_).lost.count, 1U);
    history.begin_round();
    history.add(all);
    history.add(one);
    const auto after = compare_with_ledger(history, run.row_verifier(), run.stop_);
    EXPECT_EQ(after.lost.count, 0U);
    EXPECT_EQ(named(after.stale).size(), 1U);
    EXPECT_EQ(after.unknown_applied, 1U);
}

TEST(VerifyRows, AScanThatWasCutShortProvesNoAbsence) {
    Case run({"post"});
    run.record(0, Outcome::ok);
    auto cut = run.row_verifier().blank();
    run.show(
        messages_table,
        Case::with(run.loaded(messages_table, 0), 0, [](pg::CopyBuffer& out) { out.add_int8(99); }),
        cut);
    cut.problem = "through here: the server went away";
    ScanHistory history(run.row_verifier());
    history.begin_round();
    history.add(cut);
    EXPECT_EQ(compare_with_ledger(history, run.row_verifier(), run.stop_).lost.count, 0U);
    EXPECT_EQ(history.problems().size(), 1U);
    EXPECT_EQ(history.last().corrupted.count, 1U) << "what was seen was seen";
}

} // namespace
} // namespace citusbench::chat_test
