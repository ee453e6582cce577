#include "pg/sqlstate.hpp"

#include <gtest/gtest.h>

#include <array>

namespace citusbench::pg {
namespace {

constexpr auto two_phase = CommitProtocol::two_phase;
constexpr auto one_phase = CommitProtocol::one_phase;
constexpr auto local = CommitProtocol::local;
constexpr std::array protocols = {two_phase, one_phase, local};

Outcome write(CommitProtocol protocol, std::string_view sqlstate) {
    return classify(CompletionKind::error_result, sqlstate, true, protocol);
}

/// A row of the table: a write's outcome under two-phase commit and with one placement.
void expect_row(std::string_view sqlstate, Outcome with_two_phases, Outcome with_one) {
    EXPECT_EQ(write(two_phase, sqlstate), with_two_phases) << sqlstate;
    EXPECT_EQ(write(one_phase, sqlstate), with_one) << sqlstate;
    EXPECT_EQ(write(local, sqlstate), with_one) << sqlstate;
}

TEST(Outcomes, ALostWorkerLeavesAWriteOpenOnlyWithoutTwoPhaseCommit) {
    for (const auto* state : {"08006", "08003", "08000", "57P01", "57P02", "XX000"})
        expect_row(state, Outcome::failed, Outcome::unknown);
}

TEST(Outcomes, ACancelledWriteIsOpenOnlyWithoutTwoPhaseCommit) {
    expect_row("57014", Outcome::failed, Outcome::unknown);
}

TEST(Outcomes, AWorkerThatWasNeverReachedDidNothing) {
    for (const auto* state : {"08001", "08004", "57P03"})
        expect_row(state, Outcome::failed, Outcome::failed);
}

TEST(Outcomes, ErrorsOfTheStatementItselfAreFailures) {
    for (const auto* state :
         {"23505", "23503", "23514", "22P02", "22003", "42P01", "42601", "42501", "40001", "40P01",
          "55P03", "53100", "53200", "53300", "0A000", "25006"})
        expect_row(state, Outcome::failed, Outcome::failed);
}

TEST(Outcomes, AnOutcomeThatTheServerDoesNotKnowIsUnknown) {
    for (const auto* state : {"08007", "40003"})
        expect_row(state, Outcome::unknown, Outcome::unknown);
}

TEST(Outcomes, AnErrorOfPgbouncersMayBeThatItLostTheServer) {
    expect_row("08P01", Outcome::unknown, Outcome::unknown);
    EXPECT_EQ(classify(CompletionKind::error_result, "08P01", false, two_phase), Outcome::failed);
}

TEST(Outcomes, AWriteIsUnknownWhenTheClientLostSightOfIt) {
    for (const auto protocol : protocols) {
        EXPECT_EQ(classify(CompletionKind::connection_lost, "", true, protocol), Outcome::unknown);
        EXPECT_EQ(classify(CompletionKind::deadline, "", true, protocol), Outcome::unknown);
        EXPECT_EQ(classify(CompletionKind::not_sent, "", true, protocol), Outcome::failed);
        EXPECT_EQ(classify(CompletionKind::pipeline_aborted, "", true, protocol), Outcome::failed);
    }
}

TEST(Outcomes, AFailedBatchTakesItsEarlierWritesAlongExceptWhereStatementsCommitAlone) {
    EXPECT_EQ(classify(CompletionKind::batch_failed, "", true, two_phase), Outcome::failed);
    EXPECT_EQ(classify(CompletionKind::batch_failed, "", true, local), Outcome::failed);
    EXPECT_EQ(classify(CompletionKind::batch_failed, "", true, one_phase), Outcome::unknown);
}

TEST(Outcomes, AFailedCommitOfSeveralIsItsErrorExceptWhereServersCommitAlone) {
    EXPECT_EQ(classify(CompletionKind::batch_failed, "23503", true, one_phase), Outcome::unknown);
    for (const auto protocol : {two_phase, local}) {
        EXPECT_EQ(classify(CompletionKind::batch_failed, "23503", true, protocol), Outcome::failed);
        EXPECT_EQ(classify(CompletionKind::batch_failed, "08007", true, protocol),
                  Outcome::unknown);
    }
    EXPECT_EQ(classify(CompletionKind::batch_failed, "57P01", true, local), Outcome::unknown);
    EXPECT_EQ(condition_name(CompletionKind::batch_failed, "23503"), "foreign_key_violation");
}

TEST(Outcomes, AReadIsNeverUnknown) {
    for (const auto protocol : protocols) {
        for (const auto completion_kind :
             {CompletionKind::error_result, CompletionKind::pipeline_aborted,
              CompletionKind::batch_failed, CompletionKind::connection_lost,
              CompletionKind::deadline, CompletionKind::not_sent})
            for (const auto* state : {"", "08006", "08007", "40003", "57014", "57P01", "XX000"})
                EXPECT_EQ(classify(completion_kind, state, false, protocol), Outcome::failed)
                    << state;
    }
}

TEST(ConditionName, IsTheConditionElseTheClassElseError) {
    EXPECT_EQ(condition_name(CompletionKind::error_result, "57P01"), "admin_shutdown");
    EXPECT_EQ(condition_name(CompletionKind::error_result, "23505"), "unique_violation");
    EXPECT_EQ(condition_name(CompletionKind::error_result, "23P01"),
              "integrity_constraint_violation");
    EXPECT_EQ(condition_name(CompletionKind::error_result, "ZZ999"), "error");
    EXPECT_EQ(condition_name(CompletionKind::error_result, ""), "error");
}

TEST(ConditionName, IsTheEndingWhereTheServerSaidNothing) {
    EXPECT_EQ(condition_name(CompletionKind::connection_lost, ""), "connection_lost");
    EXPECT_EQ(condition_name(CompletionKind::deadline, ""), "deadline");
    EXPECT_EQ(condition_name(CompletionKind::pipeline_aborted, ""), "pipeline_aborted");
    EXPECT_EQ(condition_name(CompletionKind::batch_failed, ""), "batch_failed");
    EXPECT_EQ(condition_name(CompletionKind::not_sent, ""), "not_sent");
}

} // namespace
} // namespace citusbench::pg
