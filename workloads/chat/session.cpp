#include "workloads/chat/session.hpp"

#include "workloads/chat/streams.hpp"

namespace citusbench::chat {
namespace {

/// The id of no row: what page, edit, delete and mark_read aim at where no message was loaded.
constexpr std::int64_t no_row = 0;

RoutingKey key_of(Kind kind, std::uint64_t room) {
    const bool on_every_shard = kind == Kind::my_rooms || kind == Kind::count_all;
    return on_every_shard ? RoutingKey{} : RoutingKey::of(Data::room_id(room));
}

} // namespace

ChatSession::ChatSession(const Data& data, const KeyChooser& rooms, const RunIdentity& identity)
    : data_(&data), rooms_(&rooms), identity_(identity) {}

RoutingKey ChatSession::key(std::uint64_t index, std::uint32_t kind) {
    Random random(data_->seed(), stream_of_run(identity_.run), index);
    return key_of(static_cast<Kind>(kind), (*rooms_)(random));
}

void ChatSession::make(std::uint64_t index, std::uint32_t kind, Operation& operation) {
    Random random(data_->seed(), stream_of_run(identity_.run), index);
    const auto room = (*rooms_)(random);
    const auto which = static_cast<Kind>(kind);
    operation.index = index;
    operation.kind = kind;
    operation.key = key_of(which, room);
    operation.params.clear();
    if (operation.key.kind != RoutingKey::Kind::none)
        operation.params.add_int8(operation.key.number);
    add_params(which, room, random, operation);
}

void ChatSession::add_params(Kind kind, std::uint64_t room, Random& random,
                             Operation& operation) const {
    auto& params = operation.params;
    switch (kind) {
    case Kind::post:
        return add_post(room, random, operation);
    case Kind::unread:
    case Kind::membership:
    case Kind::my_rooms:
        return params.add_int8(any_member(room, random));
    case Kind::page:
        return add_page(room, random, operation);
    case Kind::mark_read:
        return add_mark_read(room, random, operation);
    case Kind::edit:
        params.add_int8(any_message(room, random));
        return params.add_text(data_->texts().pick(random));
    case Kind::delete_:
        return params.add_int8(any_message(room, random));
    case Kind::latest:
    case Kind::count_all:
        return;
    }
}

void ChatSession::add_post(std::uint64_t room, Random& random, Operation& operation) const {
    auto& params = operation.params;
    params.add_int8(row_id(identity_.run, operation.index));
    params.add_int8(any_member(room, random));
    params.add_text(data_->texts().pick(random));
    params.add_timestamp(identity_.run_time_us + static_cast<std::int64_t>(operation.index));
}

void ChatSession::add_page(std::uint64_t room, Random& random, Operation& operation) const {
    const auto messages = data_->scale().messages_per_room;
    if (messages == 0) {
        operation.params.add_timestamp(identity_.load_time_us);
        return operation.params.add_int8(no_row);
    }
    const auto number = random.below(messages);
    operation.params.add_timestamp(data_->message_time_us(room, number, identity_.load_time_us));
    operation.params.add_int8(data_->message_id(room, number));
}

void ChatSession::add_mark_read(std::uint64_t room, Random& random, Operation& operation) const {
    const auto message = any_message(room, random);
    // Where there is nothing to read, nobody must seem to have read it.
    operation.params.add_int8(message == no_row ? no_row : any_member(room, random));
    operation.params.add_int8(message);
}

std::int64_t ChatSession::any_member(std::uint64_t room, Random& random) const {
    return data_->member_id(room, random.below(data_->scale().members_per_room));
}

std::int64_t ChatSession::any_message(std::uint64_t room, Random& random) const {
    const auto messages = data_->scale().messages_per_room;
    return messages == 0 ? no_row : data_->message_id(room, random.below(messages));
}

} // namespace citusbench::chat
