#include <gtest/gtest.h>

#include <random>

#include "unit/chat_history.hpp"

namespace citusbench::chat_test {
namespace {

TEST_F(ChatAnswersTest, WhatWasLoadedAndAcknowledgedIsRight) {
    for (std::uint64_t i = 0; i < 2000; ++i) post(i, 10, 20);
    for (std::int64_t room = 1; room <= 20; ++room)
        EXPECT_EQ(check_latest(room, latest_of(room)), "");
    for (std::uint64_t i = 5000; i < 5100; ++i)
        EXPECT_EQ(check_count("unread", i, unread_of(i)), "");
    EXPECT_EQ(check_count("count_all", 1, 100 + 2000), "");
}

TEST_F(ChatAnswersTest, AMissingRowIsFound) {
    const auto first = index_in(7, "post", 0);
    post(first, 10, 20);
    auto rows = latest_of(7);
    rows.erase(rows.begin());
    expect_says(check_latest(7, rows), "room 7: message " + std::to_string(row_id(1, first)));
    expect_says(check_latest(7, rows), "is missing, acknowledged 980 ns before");
    rows = latest_of(7);
    rows.erase(rows.begin() + 3);
    expect_says(check_latest(7, rows), "loaded message 33 is missing");
    rows = latest_of(7);
    rows.pop_back();
    expect_says(check_latest(7, rows), "loaded message 31 is missing");
    EXPECT_NE(check_latest(7, {}), "");
}

TEST_F(ChatAnswersTest, OfAFullPageOnlyWhatRanksAboveItsEndMustBeThere) {
    std::vector<std::uint64_t> indices;
    for (std::uint64_t i = 0; indices.size() < 60; i = indices.back() + 1)
        indices.push_back(index_in(3, "post", i));
    for (const auto index : indices) post(index, 10, 20);
    EXPECT_EQ(check_latest(3, latest_of(3)), "");
    auto rows = messages_of(3);
    rows.resize(51);
    expect_says(check_latest(3, rows), "51 messages");
    rows.erase(rows.begin() + 20);
    EXPECT_EQ(rows.size(), 50U);
    expect_says(check_latest(3, rows), std::to_string(row_id(1, indices[39])));
}

TEST_F(ChatAnswersTest, WhatIsOnItsWayMayBeThereOrNot) {
    const auto a = index_in(7, "post", 0);
    const auto b = index_in(7, "post", a + 1);
    const auto c = index_in(7, "post", b + 1);
    post(a, 900, 1000);  // acknowledged when the question was sent, not before
    post(b, 1050, 5000); // sent while the answer was on its way
    post(c, 10, 20, Outcome::unknown);
    EXPECT_EQ(check_latest(7, latest_of(7)), "");
    for (const auto hidden : {a, b, c}) {
        std::erase(posts_, hidden);
        EXPECT_EQ(check_latest(7, latest_of(7)), "");
    }
    const auto unread = index_in(7, "unread", 0);
    for (std::int64_t more = 0; more <= 3; ++more)
        EXPECT_EQ(check_count("unread", unread, unread_of(unread) + more), "");
    expect_says(check_count("unread", unread, unread_of(unread) + 4), "at most");
}

TEST_F(ChatAnswersTest, ARowThatCannotBeThereIsFound) {
    const auto failed = index_in(7, "post", 0);
    post(failed, 10, 20, Outcome::failed);
    expect_says(check_latest(7, latest_of(7)), "though its write failed or was never sent");
    posts_ = {index_in(7, "post", failed + 1)};
    expect_says(check_latest(7, latest_of(7)), "never sent");
    post(posts_.back(), 1100, 1200);
    expect_says(check_latest(7, latest_of(7)), "sent only after this answer had come");
    posts_.clear();
    const auto elsewhere = index_in(8, "post", 0);
    post(elsewhere, 10, 20, Outcome::ok, false);
    auto rows = latest_of(7);
    rows.insert(rows.begin(), post_row(elsewhere));
    expect_says(check_latest(7, rows), "was not written into this room");
    rows = latest_of(7);
    rows[2][0] = wire<std::int64_t>(36);
    expect_says(check_latest(7, rows), "message 36 is none of this room");
    rows[2][0] = wire<std::int64_t>(row_id(1, 5, 1));
    expect_says(check_latest(7, rows), "no operation makes");
}

TEST_F(ChatAnswersTest, AWrongOrderIsFound) {
    auto rows = latest_of(7);
    std::swap(rows[1], rows[2]);
    expect_says(check_latest(7, rows), "stands above the later message");
    rows = latest_of(7);
    rows.insert(rows.begin(), rows.front());
    expect_says(check_latest(7, rows), "is there twice");
}

TEST_F(ChatAnswersTest, WrongContentIsFoundInEveryColumn) {
    post(index_in(7, "post", 0), 10, 20);
    const auto right = latest_of(7);
    const std::vector<std::string> words = {"",       "sender", "type", "text",
                                            "status", "parent", "time"};
    for (const std::size_t row : {0U, 3U}) {
        for (std::size_t column = 1; column < words.size(); ++column) {
            auto rows = right;
            auto& field = rows[row][column];
            field = field ? *field : wire<std::int64_t>(31);
            field->back() = static_cast<char>(field->back() ^ 1);
            expect_says(check_latest(7, rows), words[column]);
        }
    }
    auto rows = right;
    rows[0][0] = "short";
    expect_says(check_latest(7, rows), "wrong size");
    EXPECT_NE(check("latest", index_in(7, "latest", 0), {"id"}, {}), "");
}

TEST_F(ChatAnswersTest, AWrongCountIsFound) {
    post(index_in(7, "post", 0), 10, 20);
    const auto unread = index_in(7, "unread", 0);
    expect_says(check_count("unread", unread, unread_of(unread) - 1), "at least");
    expect_says(check_count("unread", unread, unread_of(unread) + 1), "at most");
    expect_says(check_count("count_all", 0, 100), "at least 101");
    expect_says(check_count("count_all", 0, 102), "at most 101");
}

TEST_F(ChatAnswersTest, PagesMembershipsAndRoomsOfAPersonAreChecked) {
    for (std::uint64_t index = 0; index < 50; ++index) {
        const auto p = params_of(operation("page", index));
        auto rows = messages_of(int8_of(p[0]));
        std::erase_if(rows, [&](const auto& row) {
            return std::pair(int8_of(row[6]), int8_of(row[0])) >=
                   std::pair(int8_of(p[1]), int8_of(p[2]));
        });
        EXPECT_EQ(check("page", index, message_columns, rows), "");
        const bool was_empty = rows.empty();
        if (!was_empty) rows.pop_back();
        EXPECT_EQ(check("page", index, message_columns, rows).empty(), was_empty);
        EXPECT_NE(check("page", index, message_columns, messages_of(int8_of(p[0]))), "");

        const auto m = params_of(operation("membership", index));
        int found = 0;
        for (const auto& row : members_) {
            if (*row[0] != m[0] || *row[2] != m[1]) continue;
            ++found;
            const std::vector<std::string> columns = {"id", "role", "is_muted"};
            BinaryRow right = {row[1], row[3], row[4]};
            EXPECT_EQ(check("membership", index, columns, {right}), "");
            EXPECT_NE(check("membership", index, columns, {}), "");
            right[2]->front() ^= 1;
            expect_says(check("membership", index, columns, {right}), "is_muted");
        }
        EXPECT_EQ(found, 1);

        const auto mine = params_of(operation("my_rooms", index));
        std::vector<BinaryRow> rooms;
        for (const auto& row : members_)
            if (*row[2] == mine[0]) rooms.push_back({row[0], row[3], row[4], row[6]});
        const std::vector<std::string> columns = {"room_id", "role", "is_muted", "last_read"};
        EXPECT_EQ(check("my_rooms", index, columns, rooms), "");
        rooms.pop_back();
        EXPECT_NE(check("my_rooms", index, columns, rooms), "");
    }
}

TEST_F(ChatAnswersTest, WhatTheMixMayChangeIsLoose) {
    const auto rows = latest_of(7);
    auto without = rows;
    without.erase(without.begin() + 1);
    auto edited = rows;
    edited[1][3] = params_of(operation("edit", 4))[2];
    const auto unread = index_in(7, "unread", 0);
    EXPECT_NE(check_latest(7, without), "");
    EXPECT_NE(check_latest(7, edited), "");
    use_mix({0, 0, 0, 0, 0, 0, 0, 0, /* delete */ 1, 0});
    EXPECT_EQ(check_latest(7, without), "");
    EXPECT_NE(check_latest(7, edited), "");
    EXPECT_EQ(check_count("unread", unread, 0), "");
    use_mix({0, 0, 0, 0, 0, 0, 0, /* edit */ 1, 0, 0});
    EXPECT_EQ(check_latest(7, edited), "");
    edited[1][3] = std::string(120, 'x');
    expect_says(check_latest(7, edited), "text");
    use_mix({0, 0, 0, 0, 0, 0, /* mark_read */ 1, 0, 0, 0});
    for (std::int64_t count = 0; count <= 5; ++count)
        EXPECT_EQ(check_count("unread", unread, count), "");
    EXPECT_NE(check_count("unread", unread, 6), "");
}

TEST_F(ChatAnswersTest, AFullHistoryIsForgottenAndItsAnswersAreStillChecked) {
    std::mt19937_64 random(5);
    Ticks now = 1000;
    for (std::uint64_t index = 0; index < 40'000; ++index, now += 10) {
        post(index, now, now + 5);
        if (index % 100 == 0) checker_->forget_before(now - 500);
    }
    for (std::int64_t room = 1; room <= 20; ++room) {
        auto rows = latest_of(room);
        EXPECT_EQ(check_latest(room, rows, now, now + 1), "");
        rows.erase(rows.begin() + static_cast<long>(random() % 50));
        rows.push_back(messages_of(room)[50]);
        EXPECT_NE(check_latest(room, rows, now, now + 1), "");
    }
    const auto unread = index_in(7, "unread", 0);
    const auto check_unread = [&](std::int64_t count) {
        return check("unread", unread, {"count"}, {{wire(count)}}, now, now + 1);
    };
    EXPECT_EQ(check_unread(unread_of(unread)), "");
    EXPECT_NE(check_unread(unread_of(unread) - 1), "");
    EXPECT_NE(check_unread(unread_of(unread) + 1), "");
}

class ChatAnswersLaterRunTest : public ChatAnswersTest {
  protected:
    ChatAnswersLaterRunTest() : ChatAnswersTest(2) {}
};

TEST_F(ChatAnswersLaterRunTest, MessagesOfEarlierRunsMayBeThere) {
    const auto index = index_in(7, "post", 0);
    post(index, 10, 20);
    auto rows = latest_of(7);
    const BinaryRow earlier = {wire<std::int64_t>(row_id(1, 3)),
                               wire<std::int64_t>(1),
                               wire<std::int16_t>(0),
                               "whatever",
                               wire<std::int16_t>(0),
                               {},
                               wire<std::int64_t>(run_time_us - 5 - pg::postgres_epoch_us)};
    rows.insert(rows.begin() + 1, earlier);
    EXPECT_EQ(check_latest(7, rows), "");
    rows.erase(rows.begin());
    expect_says(check_latest(7, rows), "is missing");
    const auto unread = index_in(7, "unread", 0);
    EXPECT_EQ(check_count("unread", unread, 1000), "");
    EXPECT_NE(check_count("unread", unread, 0), "") << "the acknowledged post";
}

} // namespace
} // namespace citusbench::chat_test
