#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/not_empty.hpp"
#include "unit/chat_support.hpp"

namespace citusbench::chat_test {
namespace {

TEST(Chat, OffersItsOperationsInOrderWithTheWeightsOfTheContract) {
    const auto chat = make_chat({});
    std::string seen;
    for (const auto& kind : chat->operations())
        seen += kind.name + (kind.is_write ? "!" : "") + "=" +
                std::to_string(static_cast<int>(kind.default_weight)) + " ";
    EXPECT_EQ(seen, "post!=70 latest=20 unread=5 membership=5 page=0 my_rooms=0 mark_read!=0 "
                    "edit!=0 delete!=0 count_all=0 ");
    for (const auto& kind : chat->operations()) EXPECT_EQ(kind.rows, kind.name == "post" ? 1 : 0);
}

TEST(Chat, StatementsUseExactlyTheParametersThatOperationsCarry) {
    const auto chat = make_chat({});
    for (const auto& kind : chat->operations()) {
        const auto count = make_params(*chat, kind.name, 7).size();
        const auto uses = [&](std::size_t i) {
            return kind.sql.find("$" + std::to_string(i) + "::") != std::string::npos;
        };
        for (std::size_t i = 1; i <= count; ++i) EXPECT_TRUE(uses(i)) << kind.name << " $" << i;
        EXPECT_FALSE(uses(count + 1)) << kind.name;
    }
}

TEST(Chat, AnOperationIsAPureFunctionOfSeedRunAndIndex) {
    const auto chat = make_chat({});
    const auto again = make_chat({});
    for (const auto& kind : chat->operations()) {
        EXPECT_EQ(make_params(*chat, kind.name, 41), make_params(*again, kind.name, 41));
        if (kind.name == "count_all") continue;
        std::set<std::vector<std::string>> seen;
        for (std::uint64_t index = 0; index < 50; ++index)
            seen.insert(make_params(*chat, kind.name, index));
        EXPECT_GT(seen.size(), 40U) << kind.name;
        EXPECT_NE(make_params(*chat, kind.name, 41, 1), make_params(*chat, kind.name, 41, 2));
        EXPECT_NE(make_params(*chat, kind.name, 41), make_params(*make_chat({}, 2), kind.name, 41));
    }
}

TEST(Chat, ASessionForgetsEarlierOperations) {
    const auto chat = make_chat({});
    const auto session = chat->session({1, load_time_us, run_time_us});
    Operation operation;
    session->make(3, kind_of(*chat, "post"), operation);
    session->make(9, kind_of(*chat, "count_all"), operation);
    EXPECT_EQ(operation.params.count(), 0);
    EXPECT_EQ(operation.key.kind, RoutingKey::Kind::none);
    session->make(5, kind_of(*chat, "edit"), operation);
    EXPECT_EQ(params_of(operation), make_params(*chat, "edit", 5));
}

TEST(Chat, APostIsFromAMemberOfItsRoomAndNamedByRunAndIndex) {
    const auto chat = make_chat({{"rooms", "40"}, {"members-per-room", "3"}});
    const auto members = members_of_rooms(*chat);
    Operation operation;
    const auto session = chat->session({7, load_time_us, run_time_us});
    for (std::uint64_t index = 0; index < 500; ++index) {
        session->make(index, kind_of(*chat, "post"), operation);
        const auto params = params_of(operation);
        const auto room = int8_of(params[0]);
        EXPECT_EQ(operation.key.number, room);
        EXPECT_EQ(int8_of(params[1]), row_id(7, index));
        ASSERT_TRUE(members.contains(room));
        EXPECT_TRUE(members.at(room).contains(int8_of(params[2])));
        EXPECT_EQ(params[3].size(), 120U);
        EXPECT_EQ(unix_us_of(params[4]), run_time_us + static_cast<std::int64_t>(index));
    }
}

TEST(Chat, ChangesTouchLoadedMessagesOfTheirRoomOnly) {
    const auto chat = make_chat({{"rooms", "25"}, {"messages-per-room", "6"}});
    const auto members = members_of_rooms(*chat);
    const auto messages = table_rows(*chat, messages_table);
    // The place of the message's id among the parameters.
    const std::map<std::string, std::size_t> id_at = {
        {"edit", 1}, {"delete", 1}, {"mark_read", 2}, {"page", 2}};
    for (std::uint64_t index = 0; index < 300; ++index) {
        for (const auto& [kind, at] : id_at) {
            const auto params = make_params(*chat, kind, index);
            const auto room = int8_of(params[0]);
            const auto id = int8_of(params[at]);
            ASSERT_GE(id, 1);
            ASSERT_LE(id, 150);
            const auto& row = messages[static_cast<std::size_t>(id) - 1];
            EXPECT_EQ(int8_of(row[0]), room);
            if (kind == "page") {
                EXPECT_EQ(row[8], params[1]);
            } else if (kind == "mark_read") {
                EXPECT_TRUE(members.at(room).contains(int8_of(params[1])));
            }
        }
    }
}

TEST(Chat, WithoutLoadedMessagesChangesAimAtNoRow) {
    const auto chat = make_chat({{"messages-per-room", "0"}});
    EXPECT_EQ(chat->row_count(messages_table), 0U);
    EXPECT_EQ(int8_of(make_params(*chat, "edit", 3)[1]), 0);
    EXPECT_EQ(int8_of(make_params(*chat, "delete", 3)[1]), 0);
    EXPECT_EQ(int8_of(make_params(*chat, "page", 3)[2]), 0);
    EXPECT_EQ(int8_of(make_params(*chat, "mark_read", 3)[1]), 0);
    for (const auto& row : test::not_empty(table_rows(*chat, members_table))) EXPECT_FALSE(row[6]);
}

TEST(Chat, EveryRoomIsReached) {
    const auto chat = make_chat({{"rooms", "10"}});
    std::set<std::int64_t> rooms;
    for (std::uint64_t index = 0; index < 500; ++index)
        rooms.insert(int8_of(make_params(*chat, "latest", index)[0]));
    EXPECT_EQ(rooms.size(), 10U);
    EXPECT_EQ(*rooms.begin(), 1);
    EXPECT_EQ(*rooms.rbegin(), 10);
}

} // namespace
} // namespace citusbench::chat_test
