#include "workloads/chat/chat.hpp"

#include <array>
#include <iterator>
#include <stdexcept>

#include "core/sql_text.hpp"
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

std::string statement(std::string_view name) {
    return std::string(sql_text("chat/" + std::string(name) + ".sql"));
}

struct OperationLine {
    Kind kind;
    std::string_view name;
    bool is_write;
    double default_weight;
    std::string_view describes;
};

constexpr std::array operation_lines = {
    OperationLine{Kind::post, "post", true, 70, "insert one message into a room"},
    OperationLine{Kind::latest, "latest", false, 20, "the latest 50 messages of a room"},
    OperationLine{Kind::unread, "unread", false, 5, "how many messages a member has not read"},
    OperationLine{Kind::membership, "membership", false, 5, "is this person in the room"},
    OperationLine{Kind::page, "page", false, 0, "the 50 messages before one of a room"},
    OperationLine{Kind::my_rooms, "my_rooms", false, 0, "a person's rooms, from every shard"},
    OperationLine{Kind::mark_read, "mark_read", true, 0, "set how far a member has read"},
    OperationLine{Kind::edit, "edit", true, 0, "replace the text of a loaded message"},
    OperationLine{Kind::delete_, "delete", true, 0, "mark a loaded message as deleted"},
    OperationLine{Kind::count_all, "count_all", false, 0, "count the messages of the cluster"},
};

MergeRule gathering_of(Kind kind) {
    if (kind == Kind::my_rooms) return MergeRule::merge;
    return kind == Kind::count_all ? MergeRule::add : MergeRule::by_key;
}

std::vector<OperationKind> make_operations() {
    std::vector<OperationKind> operations;
    for (const auto& line : operation_lines) {
        if (static_cast<std::size_t>(line.kind) != operations.size())
            throw std::logic_error("operation_lines is not in the order of Kind");
        operations.push_back({std::string(line.name), line.is_write, line.default_weight,
                              statement(line.name), std::string(line.describes),
                              line.kind == Kind::post ? 1 : 0, gathering_of(line.kind)});
    }
    return operations;
}

pg::TableSpec make_table(std::string_view name, std::string_view distribution_column,
                         std::vector<std::string> columns) {
    pg::TableSpec table;
    table.name = name;
    pg::read_table_sql(sql_text("chat/" + table.name + ".sql"), table);
    table.distribution_column = distribution_column;
    if (name != "rooms") table.colocated_with = "rooms";
    table.copy_columns = std::move(columns);
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

class Chat final : public Workload {
  public:
    explicit Chat(const WorkloadConfig& config)
        : data_(Scale::parse(config.options), config.seed),
          rooms_(config.keys, data_.scale().rooms), operations_(make_operations()),
          tables_(make_tables()) {}

    std::string_view name() const override { return "chat"; }
    std::string scale() const override { return data_.scale().to_string(); }
    const std::vector<OperationKind>& operations() const override { return operations_; }
    const std::vector<pg::TableSpec>& tables() const override { return tables_; }

    std::uint64_t row_count(std::size_t table) const override {
        return data_.row_count(static_cast<Table>(table));
    }
    RoutingKey make_row(std::size_t table, std::uint64_t row, std::int64_t load_time_us,
                        pg::CopyBuffer& out) const override {
        return data_.make_row(static_cast<Table>(table), row, load_time_us, out);
    }
    std::unique_ptr<Session> session(const RunIdentity& identity) const override {
        return std::make_unique<ChatSession>(data_, rooms_, identity);
    }
    std::string_view key_noun() const override { return "rooms"; }
    std::uint64_t key_count() const override { return data_.scale().rooms; }
    RoutingKey key(std::uint64_t i) const override { return RoutingKey::of(Data::room_id(i)); }
    std::size_t insert_table() const override { return static_cast<std::size_t>(Table::messages); }
    bool inserts_are_unique() const override { return true; } // primary key (room_id, id)
    std::unique_ptr<AnswerChecker> answer_checker(const RunIdentity& identity,
                                                  std::span<const double> weights) const override {
        return std::make_unique<ChatAnswers>(data_, rooms_, identity, weights);
    }

  private:
    Data data_;
    KeyChooser rooms_;
    std::vector<OperationKind> operations_;
    std::vector<pg::TableSpec> tables_;
};

} // namespace

std::span<const WorkloadOption> options() {
    return option_list;
}

std::unique_ptr<Workload> make(const WorkloadConfig& config) {
    return std::make_unique<Chat>(config);
}

} // namespace citusbench::chat
