#include <gtest/gtest.h>

#include "unit/verify_support.hpp"

namespace citusbench::chat_test {
namespace {

constexpr std::size_t text_column = 4;
constexpr Ticks second = 1'000'000'000;

/// Edits of the same loaded message, far enough apart in index to be ordered by the ledger.
class UpdatesTest : public testing::Test {
  protected:
    UpdatesTest() {
        const auto session = find_.description.workload->session(find_.description.identity);
        // Only the first and second edit of a message in blocks of their own can be ordered.
        std::map<std::uint64_t, std::uint64_t> first_of_row;
        for (std::uint64_t index = 0; index < 256; ++index) remember(*session, index, first_of_row);
        for (std::uint64_t index = 512; late_ == 0; ++index) {
            const auto row = row_of(*session, index);
            if (!first_of_row.contains(row)) continue;
            row_ = row;
            early_ = first_of_row[row];
            late_ = index;
        }
    }

    static void remember(Session& session, std::uint64_t index,
                         std::map<std::uint64_t, std::uint64_t>& rows) {
        rows.emplace(row_of(session, index), index);
    }
    static std::uint64_t row_of(Session& session, std::uint64_t index) {
        const auto chat = make_chat({{"rooms", "4"}});
        pg::CopyBuffer value;
        const auto change = session.change(index, kind_of(*chat, "edit"), value);
        EXPECT_EQ(change->column, text_column);
        return change->row;
    }

    pg::CopyBuffer edited_by(const Case& run, std::uint64_t index) const {
        return Case::with(run.loaded(messages_table, row_), text_column, [&](pg::CopyBuffer& out) {
            run.description.workload->session(run.description.identity)
                ->change(index, kind_of(*run.description.workload, "edit"), out);
        });
    }
    pg::CopyBuffer with_text(const Case& run, const char* text) const {
        return Case::with(run.loaded(messages_table, row_), text_column,
                          [&](pg::CopyBuffer& out) { out.add_text(text); });
    }

    /// The two edits with these outcomes, the second after the first, and what `row` then is.
    struct Verdicts {
        std::uint64_t lost, unexpected, corrupted, not_checked;
        bool operator==(const Verdicts&) const = default;
    };
    Verdicts check(Case& run, Outcome first, Outcome then, const pg::CopyBuffer& row) const {
        run.record(early_, first, 1 * second, 2 * second);
        run.record(late_, then, 3 * second, 4 * second);
        auto result = run.look({}, {{messages_table, row_}});
        run.show(messages_table, row, result);
        const auto comparison = run.count(result);
        return {comparison.lost.count, result.unexpected.count, result.corrupted.count,
                result.values_of_other_runs};
    }
    static constexpr Verdicts fine{0, 0, 0, 0};
    static constexpr Verdicts lost{1, 0, 0, 0};
    static constexpr Verdicts unexpected{0, 1, 0, 0};
    static constexpr Verdicts corrupted{0, 0, 1, 0};
    static constexpr Verdicts not_checked{0, 0, 0, 1};

    Case find_{{"edit"}};
    std::uint64_t row_ = 0;
    std::uint64_t early_ = 0;
    std::uint64_t late_ = 0;
};

using enum Outcome;

TEST_F(UpdatesTest, TheLastAcknowledgedValueIsFine) {
    Case run({"edit"});
    EXPECT_EQ(check(run, ok, ok, edited_by(run, late_)), fine);
}

TEST_F(UpdatesTest, AnOlderValueMeansThatTheNewerUpdateIsLost) {
    Case run({"edit"});
    EXPECT_EQ(check(run, ok, ok, edited_by(run, early_)), lost);
}

TEST_F(UpdatesTest, WithoutACertainOrderEitherValueIsFine) {
    Case run({"edit"});
    run.record(early_, ok, 1 * second, 5 * second);
    run.record(late_, ok, 3 * second, 4 * second);
    for (const auto index : {early_, late_}) {
        auto result = run.look({}, {{messages_table, row_}});
        run.show(messages_table, edited_by(run, index), result);
        EXPECT_EQ(run.count(result).lost.count, 0U);
    }
}

TEST_F(UpdatesTest, TheLoadedValueMeansThatTheAcknowledgedUpdateIsLost) {
    Case run({"edit"});
    EXPECT_EQ(check(run, failed, ok, run.loaded(messages_table, row_)), lost);
}

TEST_F(UpdatesTest, TheLoadedValueIsFineWhereNoUpdateWasAcknowledged) {
    Case run({"edit"});
    EXPECT_EQ(check(run, failed, unknown, run.loaded(messages_table, row_)), fine);
}

TEST_F(UpdatesTest, AnUnknownUpdateMayHaveHappened) {
    Case run({"edit"});
    EXPECT_EQ(check(run, ok, unknown, edited_by(run, late_)), fine);
}

TEST_F(UpdatesTest, AnUnknownUpdateMayNotHaveHappened) {
    Case run({"edit"});
    EXPECT_EQ(check(run, ok, unknown, edited_by(run, early_)), fine);
}

TEST_F(UpdatesTest, TheValueOfAFailedUpdateIsUnexpected) {
    Case run({"edit"});
    EXPECT_EQ(check(run, failed, failed, edited_by(run, late_)), unexpected);
}

TEST_F(UpdatesTest, AValueThatNobodyWroteIsCorrupted) {
    Case run({"edit"});
    EXPECT_EQ(check(run, ok, ok, with_text(run, "tampered")), corrupted);
}

TEST_F(UpdatesTest, AnEarlierRunMayHaveWrittenWhatThisOneDoesNotExplain) {
    Case run({"edit"}, 2);
    EXPECT_EQ(check(run, Outcome::skipped, Outcome::skipped, with_text(run, "of run 1")),
              not_checked);
}

TEST_F(UpdatesTest, ALaterRunMayHaveOverwrittenWhatThisOneWrote) {
    Case run({"edit"}, 1, 2);
    EXPECT_EQ(check(run, ok, ok, with_text(run, "of run 2")), not_checked);
}

TEST_F(UpdatesTest, OtherColumnsOfAnUpdatedRowAreStillChecked) {
    Case run({"edit"}, 1, 2);
    const auto row =
        Case::with(edited_by(run, late_), 2, [](pg::CopyBuffer& out) { out.add_int8(123456); });
    EXPECT_EQ(check(run, ok, ok, row), corrupted);
}

TEST(VerifyUpdates, ColumnsThatSomeOperationSetsAreKnownByName) {
    Case run({"post"});
    std::set<std::string> seen;
    const auto& tables = run.description.workload->tables();
    for (std::size_t table = 0; table < tables.size(); ++table)
        for (std::size_t column = 0; column < tables[table].copy_columns.size(); ++column)
            if (run.updates().can_change(table, column))
                seen.insert(tables[table].name + "." + tables[table].copy_columns[column]);
    EXPECT_EQ(seen, (std::set<std::string>{"messages.is_deleted", "messages.text",
                                           "room_members.last_read_message_id"}));
}

TEST(VerifyUpdates, AChangeIsWhatTheStatementIsSent) {
    const auto chat = make_chat({{"rooms", "4"}});
    const auto session = chat->session({1, load_time_us, run_time_us});
    for (const auto* kind : {"mark_read", "edit", "delete"}) {
        for (std::uint64_t index = 0; index < 50; ++index) {
            const auto params = make_params(*chat, kind, index);
            pg::CopyBuffer value;
            const auto change = session->change(index, kind_of(*chat, kind), value);
            ASSERT_TRUE(change);
            pg::CopyBuffer row;
            chat->make_row(change->table, change->row, load_time_us, row);
            const auto fields = decode(row).front();
            EXPECT_EQ(*fields[0], params[0]) << "room";
            EXPECT_EQ(*fields[std::string_view(kind) == "mark_read" ? 2 : 1], params[1]) << "row";
            const std::string sent =
                std::string_view(kind) == "delete" ? std::string(1, '\1') : params[2];
            EXPECT_EQ(pg::field_bytes({value.data(), value.size()}), sent) << kind;
        }
    }
}

TEST(VerifyUpdates, WithoutMessagesThereIsNothingToChange) {
    const auto chat = make_chat({{"messages-per-room", "0"}});
    const auto session = chat->session({1, load_time_us, run_time_us});
    pg::CopyBuffer value;
    for (const auto* kind : {"mark_read", "edit", "delete"})
        EXPECT_FALSE(session->change(3, kind_of(*chat, kind), value)) << kind;
}

TEST(VerifyUpdates, AnInsertedRowIsWhatTheStatementIsSent) {
    const auto chat = make_chat({{"rooms", "4"}});
    const auto session = chat->session({3, load_time_us, run_time_us});
    for (std::uint64_t index = 0; index < 50; ++index) {
        pg::CopyBuffer buffer;
        session->make_inserted_row(index, kind_of(*chat, "post"), 0, buffer);
        const auto params = make_params(*chat, "post", index, 3);
        const auto row = decode(buffer).front();
        // sql/chat/post.sql: room, id, sender, text and time are sent, the rest is written there.
        EXPECT_EQ(*row[0], params[0]);
        EXPECT_EQ(*row[1], params[1]);
        EXPECT_EQ(*row[2], params[2]);
        EXPECT_EQ(*row[4], params[3]);
        EXPECT_EQ(*row[8], params[4]);
        EXPECT_FALSE(row[7]) << "parent_message_id is null";
    }
}

} // namespace
} // namespace citusbench::chat_test
