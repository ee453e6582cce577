#include <gtest/gtest.h>

#include <map>
#include <string>

#include "core/error.hpp"
#include "support/not_empty.hpp"
#include "unit/chat_support.hpp"
#include "workloads/chat/scale.hpp"

namespace citusbench::chat_test {
namespace {

std::string usage_error(const Options& options) {
    try {
        make_chat(options);
    } catch (const UsageError& error) {
        return error.what();
    }
    return {};
}

TEST(Chat, DefaultsOfTheOptionsAreThoseOfTheScale) {
    EXPECT_EQ(make_chat({})->scale(), chat::Scale().to_string());
    EXPECT_EQ(make_chat({})->scale(),
              "rooms=1000 members-per-room=2 messages-per-room=5 message-bytes=120");
    EXPECT_EQ(make_chat({{"rooms", "100k"}, {"messages-per-room", "500"}})->scale(),
              "rooms=100000 members-per-room=2 messages-per-room=500 message-bytes=120");
}

TEST(Chat, RefusesScalesThatCannotBeAndNamesTheHint) {
    EXPECT_EQ(usage_error({{"rooms", "0"}}),
              "--rooms 0: must be a number between 1 and 1000000000");
    EXPECT_EQ(usage_error({{"members-per-room", "0"}}),
              "--members-per-room 0: must be a number between 1 and 8796093022");
    EXPECT_EQ(usage_error({{"message-bytes", "1000001"}}),
              "--message-bytes 1000001: must be a number between 0 and 1000000");
    EXPECT_TRUE(usage_error({{"rooms", "many"}}).starts_with("--rooms many: "));
    EXPECT_TRUE(
        usage_error({{"rooms", "1M"}, {"messages-per-room", "10M"}})
            .starts_with("--messages-per-room 10M: must be a number between 0 and 8796093"));
    EXPECT_EQ(usage_error({{"rooms", "100k"}, {"messages-per-room", "500"}}), "");
}

TEST(Chat, TextsHaveExactlyTheLengthThatWasAskedFor) {
    for (const auto bytes :
         std::initializer_list<std::size_t>{0, 1, 7, 8, 9, 120, 5000, 1'000'000}) {
        const auto chat = make_chat({{"message-bytes", std::to_string(bytes)}, {"rooms", "3"}});
        EXPECT_EQ(make_params(*chat, "post", 11)[3].size(), bytes);
        EXPECT_EQ(make_params(*chat, "edit", 11)[2].size(), bytes);
        pg::CopyBuffer buffer;
        chat->make_row(messages_table, 1, load_time_us, buffer);
        const auto text = decode(buffer)[0][4].value();
        EXPECT_EQ(text.size(), bytes);
        for (const auto c : text) ASSERT_TRUE(c == ' ' || (c >= 'a' && c <= 'z'));
    }
}

TEST(Chat, LoadedRowsHaveTheColumnsAndKeysOfTheirTable) {
    const auto chat = make_chat({{"rooms", "30"}, {"members-per-room", "4"}});
    for (std::size_t table = 0; table < chat->tables().size(); ++table) {
        const auto& spec = chat->tables()[table];
        EXPECT_NE(spec.create_sql.find(":table"), std::string::npos);
        EXPECT_EQ(spec.create_sql.find("primary key"), std::string::npos);
        EXPECT_FALSE(spec.index_sql.empty());
        EXPECT_EQ(spec.distribution_column, spec.copy_columns[0]);
        EXPECT_EQ(spec.colocated_with, table == rooms_table ? "" : "rooms");
        for (std::uint64_t row = 0; row < chat->row_count(table); ++row) {
            pg::CopyBuffer buffer;
            const auto key = chat->make_row(table, row, load_time_us, buffer);
            const auto fields = decode(buffer);
            ASSERT_EQ(fields.size(), 1U);
            EXPECT_EQ(fields[0].size(), spec.copy_columns.size());
            EXPECT_EQ(int8_of(fields[0][0]), key.number);
            EXPECT_GE(key.number, 1);
            EXPECT_LE(key.number, 30);
            if (table != rooms_table) {
                EXPECT_EQ(int8_of(fields[0][1]), static_cast<std::int64_t>(row) + 1);
            }
        }
    }
}

TEST(Chat, LoadedMessagesLieBeforeTheLoadAndAgeByIdWithinARoom) {
    const auto chat = make_chat({{"rooms", "20"}, {"messages-per-room", "9"}});
    const auto members = members_of_rooms(*chat);
    std::map<std::int64_t, std::int64_t> latest;
    for (const auto& row : test::not_empty(table_rows(*chat, messages_table))) {
        const auto room = int8_of(row[0]);
        const auto id = int8_of(row[1]);
        EXPECT_EQ(room, (id - 1) / 9 + 1);
        EXPECT_TRUE(members.at(room).contains(int8_of(row[2])));
        if (row[7]) {
            EXPECT_LT(int8_of(row[7]), id);
            EXPECT_EQ((int8_of(row[7]) - 1) / 9 + 1, room);
        }
        const auto created_at = unix_us_of(row[8]);
        EXPECT_LT(created_at, load_time_us);
        EXPECT_GT(created_at, latest[room]);
        latest[room] = created_at;
    }
    EXPECT_EQ(latest.size(), 20U);
}

TEST(Chat, PeopleAreInAFewRoomsEach) {
    const auto chat = make_chat({{"rooms", "100"}, {"members-per-room", "2"}});
    std::map<std::int64_t, int> rooms_of;
    for (const auto& [room, members] : test::not_empty(members_of_rooms(*chat))) {
        EXPECT_EQ(members.size(), 2U);
        for (const auto member : members) ++rooms_of[member];
    }
    EXPECT_EQ(rooms_of.size(), 50U);
    for (const auto& [member, rooms] : rooms_of) EXPECT_EQ(rooms, 4);
}

TEST(Chat, MembersDifferInRoomsOfEverySize) {
    for (const auto* rooms : {"1", "2", "7", "100"})
        for (const auto* members : {"1", "2", "3", "5", "50"})
            members_of_rooms(*make_chat({{"rooms", rooms}, {"members-per-room", members}}));
}

TEST(Chat, TheSeedDecidesTheLoadedRows) {
    const auto rows = [](std::uint64_t seed) {
        return table_rows(*make_chat({{"rooms", "5"}}, seed), messages_table);
    };
    EXPECT_EQ(rows(1), rows(1));
    EXPECT_NE(rows(1), rows(2));
}

} // namespace
} // namespace citusbench::chat_test
