#include "worker/fanouts.hpp"

#include <gtest/gtest.h>

namespace citusbench {
namespace {

Outcome outcome_of_parts(const std::vector<Outcome>& parts, bool is_write) {
    PartOutcomes counts{};
    for (const auto part : parts) ++counts[index_of(part)];
    return merge_outcomes(counts, is_write);
}

TEST(Fanouts, TheWholeIsWhatAllPartsAreAndASplitWriteIsUnknown) {
    for (const bool is_write : {false, true}) {
        EXPECT_EQ(outcome_of_parts({Outcome::ok, Outcome::ok, Outcome::ok}, is_write), Outcome::ok);
        EXPECT_EQ(outcome_of_parts({Outcome::skipped, Outcome::skipped}, is_write),
                  Outcome::skipped);
        EXPECT_EQ(outcome_of_parts({Outcome::failed, Outcome::skipped}, is_write), Outcome::failed)
            << "it was sent in part";
        EXPECT_EQ(outcome_of_parts({Outcome::unknown, Outcome::failed}, is_write),
                  Outcome::unknown);
        EXPECT_EQ(outcome_of_parts({Outcome::ok, Outcome::unknown}, is_write), Outcome::unknown);
        EXPECT_EQ(outcome_of_parts({Outcome::ok, Outcome::failed}, is_write),
                  is_write ? Outcome::unknown : Outcome::failed);
        EXPECT_EQ(outcome_of_parts({Outcome::ok, Outcome::skipped}, is_write),
                  is_write ? Outcome::unknown : Outcome::failed);
    }
}

PendingOperation whole_operation(std::uint64_t index) {
    PendingOperation operation;
    operation.index = index;
    operation.entry = every_entry;
    return operation;
}

TEST(Fanouts, TheLastPartYieldsTheWholeWithWhatItsPartsDid) {
    Fanouts fanouts(3);
    auto part = fanouts.begin(whole_operation(5));
    EXPECT_NE(part.fanout_id, 0U);
    EXPECT_EQ(fanouts.oldest_sent(900), 900) << "none was sent";
    part.entry = 0;
    EXPECT_FALSE(fanouts.complete_part(part, {Outcome::ok, 300, 400, 2, nullptr}));
    EXPECT_EQ(fanouts.oldest_sent(900), 300);
    part.entry = 1;
    part.first_sent = 250; // of an earlier try
    EXPECT_FALSE(fanouts.complete_part(part, {Outcome::ok, 350, 700, 3, nullptr}));
    part.entry = 2;
    part.first_sent = 0;
    const auto fanout = fanouts.complete_part(part, {Outcome::skipped, 0, 600, 0, nullptr});
    ASSERT_TRUE(fanout);
    EXPECT_EQ(fanout->whole.index, 5U);
    EXPECT_EQ(fanout->whole.entry, every_entry);
    EXPECT_EQ(fanout->whole.fanout_id, 0U);
    EXPECT_EQ(fanout->whole.first_sent, 250);
    EXPECT_EQ(fanout->last_done, 700);
    EXPECT_EQ(fanout->rows, 5U);
    EXPECT_EQ(fanout->not_sent, std::vector<std::size_t>{2});
    EXPECT_EQ(fanouts.oldest_sent(900), 900) << "it has its outcome";
}

TEST(Fanouts, SeveralUnderWayDoNotMixAndAnIdIsUsedAgain) {
    Fanouts fanouts(2);
    const auto one = fanouts.begin(whole_operation(1));
    const auto two = fanouts.begin(whole_operation(2));
    EXPECT_NE(one.fanout_id, two.fanout_id);
    EXPECT_FALSE(fanouts.complete_part(two, {Outcome::failed, 10, 20, 0, nullptr}));
    EXPECT_FALSE(fanouts.complete_part(one, {Outcome::ok, 10, 30, 1, nullptr}));
    EXPECT_EQ(fanouts.complete_part(one, {Outcome::ok, 10, 30, 1, nullptr})->whole.index, 1U);
    const auto three = fanouts.begin(whole_operation(3));
    EXPECT_EQ(three.fanout_id, one.fanout_id);
    EXPECT_FALSE(fanouts.complete_part(three, {Outcome::ok, 40, 50, 1, nullptr}));
    const auto fanout = fanouts.complete_part(three, {Outcome::ok, 40, 60, 1, nullptr});
    EXPECT_EQ(fanout->rows, 2U) << "what was there before counts again";
    EXPECT_EQ(fanouts.complete_part(two, {Outcome::failed, 10, 20, 0, nullptr})->whole.index, 2U);
}

TEST(Fanouts, AnswersThatAreToBeCheckedAreKept) {
    Fanouts fanouts(2);
    const auto part = fanouts.begin(whole_operation(1));
    pg::ResultPtr answer(PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK));
    EXPECT_FALSE(fanouts.complete_part(part, {Outcome::ok, 10, 20, 0, &answer}));
    EXPECT_FALSE(answer) << "it was not moved from";
    EXPECT_EQ(fanouts.complete_part(part, {Outcome::ok, 10, 20, 0, nullptr})->answers.size(), 1U);
}

} // namespace
} // namespace citusbench
