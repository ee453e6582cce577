#include "workloads/chat/chat.hpp"

#include <array>

#include "workload/keyed_workload.hpp"
#include "workloads/chat/answers.hpp"
#include "workloads/chat/data.hpp"
#include "workloads/chat/scale.hpp"
#include "workloads/chat/session.hpp"

namespace citusbench::chat {
namespace {

// The defaults stand in Scale too; a test compares them.
constexpr std::array option_list = {
    WorkloadOption{"rooms", "1000", "N", "rooms to load"},
    WorkloadOption{"members-per-room", "2", "N", "members of each room"},
    WorkloadOption{"messages-per-room", "5", "N", "messages to load into each room"},
    WorkloadOption{"message-bytes", "120", "N", "length of a message's text"},
};

constexpr std::array operation_table = {
    OperationRow<Kind>{Kind::post, "post", true, 70, "insert one message into a room", 1},
    OperationRow<Kind>{Kind::latest, "latest", false, 20, "the latest 50 messages of a room"},
    OperationRow<Kind>{Kind::unread, "unread", false, 5, "how many messages a member has not read"},
    OperationRow<Kind>{Kind::membership, "membership", false, 5, "is this person in the room"},
    OperationRow<Kind>{Kind::page, "page", false, 0, "the 50 messages before one of a room"},
    OperationRow<Kind>{Kind::my_rooms, "my_rooms", false, 0, "a person's rooms, from every shard",
                       0, MergeRule::merge},
    OperationRow<Kind>{Kind::mark_read, "mark_read", true, 0, "set how far a member has read"},
    OperationRow<Kind>{Kind::edit, "edit", true, 0, "replace the text of a loaded message"},
    OperationRow<Kind>{Kind::delete_, "delete", true, 0, "mark a loaded message as deleted"},
    OperationRow<Kind>{Kind::count_all, "count_all", false, 0, "count the messages of the cluster",
                       0, MergeRule::add},
};

pg::TableSpec make_table(std::string_view name, std::string_view distribution_column,
                         std::vector<std::string> columns) {
    auto table = table_from("chat", name, std::move(columns));
    table.distribution_column = distribution_column;
    if (name != "rooms") table.colocated_with = "rooms";
    return table;
}

std::vector<pg::TableSpec> make_tables() {
    std::vector<pg::TableSpec> tables; // in the order of Table
    tables.push_back(make_table("rooms", "id", {"id", "room_type", "created_at", "updated_at"}));
    tables.push_back(make_table(
        "room_members", "room_id",
        {"room_id", "id", "member_id", "role", "is_muted", "joined_at", "last_read_message_id"}));
    tables.push_back(make_table("messages", "room_id",
                                {"room_id", "id", "sender_id", "message_type", "text", "status",
                                 "is_deleted", "parent_message_id", "created_at"}));
    return tables;
}

struct ChatParts {
    using Scale = chat::Scale;
    using Data = chat::Data;
    using Table = chat::Table;
    using Session = ChatSession;
    using Answers = ChatAnswers;
    static constexpr std::string_view name = "chat";
    static constexpr std::string_view key_noun = "rooms";
    static constexpr auto insert_table = Table::messages; // primary key (room_id, id)
    static std::uint64_t key_count(const Scale& scale) { return scale.rooms; }
    static std::int64_t key_id(std::uint64_t i) { return Data::room_id(i); }
    static std::vector<OperationKind> operations() {
        return operations_from(name, operation_table);
    }
    static std::vector<pg::TableSpec> tables() { return make_tables(); }
};

} // namespace

std::span<const WorkloadOption> options() {
    return option_list;
}

std::unique_ptr<Workload> make(const WorkloadConfig& config) {
    return std::make_unique<KeyedWorkload<ChatParts>>(config);
}

} // namespace citusbench::chat
