#pragma once

#include <gtest/gtest.h>

#include <string>

#include "core/outcome.hpp"
#include "support/pipeline_driver.hpp"

namespace citusbench::test {

/// What a row of the table of outcomes says about a write.
struct RowOfTable {
    Outcome two_phase;
    Outcome one_phase;
    Outcome local;
};
inline constexpr RowOfTable always_failed{Outcome::failed, Outcome::failed, Outcome::failed};
inline constexpr RowOfTable always_unknown{Outcome::unknown, Outcome::unknown, Outcome::unknown};
/// An error result that leaves open whether a placement had committed.
inline constexpr RowOfTable open_in_one_phase{Outcome::failed, Outcome::unknown, Outcome::unknown};
/// Executed, and then something later under the same sync failed.
inline constexpr RowOfTable open_where_statements_commit{Outcome::failed, Outcome::unknown,
                                                         Outcome::failed};

/// classify() gives this row; the same ending of a read is a failure.
inline void expect_row(pg::CompletionKind completion_kind, const std::string& sqlstate,
                       const RowOfTable& row) {
    using pg::CommitProtocol;
    const auto outcome = [&](bool is_write, CommitProtocol protocol) {
        return name_of(pg::classify(completion_kind, sqlstate, is_write, protocol));
    };
    const auto what = std::string(pg::condition_name(completion_kind, sqlstate)) + " " + sqlstate;
    EXPECT_EQ(outcome(true, CommitProtocol::two_phase), name_of(row.two_phase)) << what;
    EXPECT_EQ(outcome(true, CommitProtocol::one_phase), name_of(row.one_phase)) << what;
    EXPECT_EQ(outcome(true, CommitProtocol::local), name_of(row.local)) << what;
    for (const auto protocol :
         {CommitProtocol::two_phase, CommitProtocol::one_phase, CommitProtocol::local})
        EXPECT_EQ(outcome(false, protocol), name_of(Outcome::failed)) << what;
}

inline void expect_row(const Answer& answer, const RowOfTable& row) {
    EXPECT_FALSE(answer.ok);
    expect_row(answer.completion_kind, answer.sqlstate, row);
}

inline Outcome outcome_of(const Answer& answer, bool is_write, pg::CommitProtocol protocol) {
    return answer.ok ? Outcome::ok
                     : pg::classify(answer.completion_kind, answer.sqlstate, is_write, protocol);
}

} // namespace citusbench::test
