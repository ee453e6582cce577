#include "workloads/chat/session.hpp"

#include <stdexcept>

namespace citusbench::chat {
namespace {

/// An id without a row: page, edit, delete and mark_read use it where no message was loaded.
constexpr std::int64_t no_row = 0;

// Of the tables' copy_columns; a test compares them.
constexpr std::size_t last_read_column = 6;
constexpr std::size_t copied_text_column = 4;
constexpr std::size_t is_deleted_column = 6;

} // namespace

RoutingKey ChatSession::key_of(Kind kind, std::uint64_t room) {
    const bool on_every_shard = kind == Kind::my_rooms || kind == Kind::count_all;
    return on_every_shard ? RoutingKey{} : RoutingKey::of(Data::room_id(room));
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
        return params.add_text(data().texts().pick(random));
    case Kind::delete_:
        return params.add_int8(any_message(room, random));
    case Kind::latest:
    case Kind::count_all:
        return;
    }
}

void ChatSession::add_post(std::uint64_t room, Random& random, Operation& operation) const {
    auto& params = operation.params;
    const auto post = draw_post(operation.index, room, random);
    params.add_int8(post.id);
    params.add_int8(post.sender);
    params.add_text(post.text);
    params.add_timestamp(post.created_at_us);
}

ChatSession::Post ChatSession::draw_post(std::uint64_t index, std::uint64_t room,
                                         Random& random) const {
    Post post{};
    post.id = row_id(identity().run, index);
    post.sender = any_member(room, random);
    post.text = data().texts().pick(random);
    post.created_at_us = identity().run_time_us + static_cast<std::int64_t>(index);
    return post;
}

void ChatSession::make_inserted_row(std::uint64_t index, std::uint32_t kind, std::uint64_t row,
                                    pg::CopyBuffer& out) {
    if (static_cast<Kind>(kind) != Kind::post || row != 0)
        throw std::logic_error("only post inserts, and one row");
    auto random = random_of(index);
    const auto room = draw_key(random);
    const auto post = draw_post(index, room, random);
    out.begin_row(9); // as sql/chat/post.sql fills the columns
    out.add_int8(Data::room_id(room));
    out.add_int8(post.id);
    out.add_int8(post.sender);
    out.add_int2(0);
    out.add_text(post.text);
    out.add_int2(0);
    out.add_bool(false);
    out.add_null();
    out.add_timestamp(post.created_at_us);
}

std::optional<Change> ChatSession::change(std::uint64_t index, std::uint32_t kind,
                                          pg::CopyBuffer& value) {
    const auto which = static_cast<Kind>(kind);
    auto random = random_of(index);
    const auto room = draw_key(random);
    if (which == Kind::mark_read) {
        const auto reading = draw_reading(random);
        if (!reading) return std::nullopt;
        value.add_int8(data().message_id(room, reading->message));
        return Change{static_cast<std::size_t>(Table::room_members),
                      room * data().scale().members_per_room + reading->slot, last_read_column};
    }
    if (which != Kind::edit && which != Kind::delete_) return std::nullopt;
    const auto message = draw_message(random);
    if (!message) return std::nullopt;
    Change change{static_cast<std::size_t>(Table::messages),
                  room * data().scale().messages_per_room + *message, is_deleted_column};
    if (which == Kind::delete_) {
        value.add_bool(true);
        return change;
    }
    change.column = copied_text_column;
    value.add_text(data().texts().pick(random));
    return change;
}

void ChatSession::add_page(std::uint64_t room, Random& random, Operation& operation) const {
    const auto messages = data().scale().messages_per_room;
    if (messages == 0) {
        operation.params.add_timestamp(identity().load_time_us);
        return operation.params.add_int8(no_row);
    }
    const auto number = random.below(messages);
    operation.params.add_timestamp(data().message_time_us(room, number, identity().load_time_us));
    operation.params.add_int8(data().message_id(room, number));
}

void ChatSession::add_mark_read(std::uint64_t room, Random& random, Operation& operation) const {
    const auto reading = draw_reading(random);
    // If there is nothing to read, no member may appear to have read it.
    operation.params.add_int8(reading ? data().member_id(room, reading->slot) : no_row);
    operation.params.add_int8(reading ? data().message_id(room, reading->message) : no_row);
}

std::optional<ChatSession::Reading> ChatSession::draw_reading(Random& random) const {
    const auto message = draw_message(random);
    if (!message) return std::nullopt;
    return Reading{*message, random.below(data().scale().members_per_room)};
}

std::int64_t ChatSession::any_member(std::uint64_t room, Random& random) const {
    return data().member_id(room, random.below(data().scale().members_per_room));
}

std::optional<std::uint64_t> ChatSession::draw_message(Random& random) const {
    const auto messages = data().scale().messages_per_room;
    if (messages == 0) return std::nullopt;
    return random.below(messages);
}

std::int64_t ChatSession::any_message(std::uint64_t room, Random& random) const {
    const auto message = draw_message(random);
    return message ? data().message_id(room, *message) : no_row;
}

} // namespace citusbench::chat
