#include "workloads/chat/data.hpp"

#include <algorithm>
#include <stdexcept>

namespace citusbench::chat {
namespace {

constexpr std::uint64_t day_us = 24ULL * 3600 * 1'000'000;
/// Loaded messages spread over the month before the load; rooms are made in the month before that.
constexpr std::uint64_t history_us = 30 * day_us;

} // namespace

Data::Data(const Scale& scale, std::uint64_t seed)
    : scale_(scale), seed_(seed), people_(scale.people()),
      slot_stride_(people_ / scale.members_per_room), texts_(seed, scale.message_bytes) {
    if (scale.messages_per_room > 0)
        message_step_us_ = std::max<std::uint64_t>(1, history_us / scale.messages_per_room);
}

std::uint64_t Data::row_count(Table table) const {
    switch (table) {
    case Table::rooms:
        return scale_.rooms;
    case Table::room_members:
        return scale_.rooms * scale_.members_per_room;
    case Table::messages:
        return scale_.rooms * scale_.messages_per_room;
    }
    throw std::logic_error("chat has no such table");
}

RoutingKey Data::make_row(Table table, std::uint64_t row, std::int64_t load_time_us,
                          pg::CopyBuffer& out) const {
    switch (table) {
    case Table::rooms:
        make_room(row, load_time_us, out);
        return RoutingKey::of(room_id(row));
    case Table::room_members:
        make_member(row, load_time_us, out);
        return RoutingKey::of(room_id(row / scale_.members_per_room));
    case Table::messages:
        make_message(row, load_time_us, out);
        return RoutingKey::of(room_id(row / scale_.messages_per_room));
    }
    throw std::logic_error("chat has no such table");
}

// slot * stride stays below people_, so the members of a room differ; neighbouring rooms start one
// person apart, so a person's rooms lie on different shards.
std::int64_t Data::member_id(std::uint64_t room, std::uint64_t slot) const {
    return static_cast<std::int64_t>((room + slot * slot_stride_) % people_) + 1;
}

std::int64_t Data::message_id(std::uint64_t room, std::uint64_t number) const {
    return static_cast<std::int64_t>(room * scale_.messages_per_room + number) + 1;
}

Random Data::random_of(Table table, std::uint64_t row) const {
    return {seed_, static_cast<std::uint64_t>(table), row};
}

std::int64_t Data::message_time_us(std::uint64_t number, std::int64_t load_time_us,
                                   Random& random) const {
    const auto span = message_step_us_ * scale_.messages_per_room;
    const auto since_first = number * message_step_us_ + random.below(message_step_us_);
    return load_time_us - static_cast<std::int64_t>(span - since_first);
}

std::int64_t Data::message_time_us(std::uint64_t room, std::uint64_t number,
                                   std::int64_t load_time_us) const {
    auto random = random_of(Table::messages, room * scale_.messages_per_room + number);
    return message_time_us(number, load_time_us, random);
}

void Data::make_room(std::uint64_t row, std::int64_t load_time_us, pg::CopyBuffer& out) const {
    auto random = random_of(Table::rooms, row);
    const auto age = history_us + random.below(history_us);
    const auto created_at = load_time_us - static_cast<std::int64_t>(age);
    out.begin_row(4);
    out.add_int8(room_id(row));
    out.add_int2(scale_.members_per_room > 2 ? 1 : 0);
    out.add_timestamp(created_at);
    out.add_timestamp(created_at);
}

void Data::make_member(std::uint64_t row, std::int64_t load_time_us, pg::CopyBuffer& out) const {
    auto random = random_of(Table::room_members, row);
    const auto room = row / scale_.members_per_room;
    const auto slot = row % scale_.members_per_room;
    out.begin_row(7);
    out.add_int8(room_id(room));
    out.add_int8(static_cast<std::int64_t>(row) + 1);
    out.add_int8(member_id(room, slot));
    out.add_int2(slot == 0 ? 1 : 0);
    out.add_bool(random.below(16) == 0);
    out.add_timestamp(load_time_us - static_cast<std::int64_t>(random.below(history_us)) - 1);
    const auto read = random.below(scale_.messages_per_room + 1);
    if (read == 0)
        out.add_null();
    else
        out.add_int8(message_id(room, read - 1));
}

void Data::make_message(std::uint64_t row, std::int64_t load_time_us, pg::CopyBuffer& out) const {
    auto random = random_of(Table::messages, row);
    const auto room = row / scale_.messages_per_room;
    const auto number = row % scale_.messages_per_room;
    const auto created_at = message_time_us(number, load_time_us, random);
    out.begin_row(9);
    out.add_int8(room_id(room));
    out.add_int8(static_cast<std::int64_t>(row) + 1);
    out.add_int8(member_id(room, random.below(scale_.members_per_room)));
    out.add_int2(0);
    out.add_text(texts_.pick(random));
    out.add_int2(0);
    out.add_bool(false);
    if (number > 0 && random.below(8) == 0)
        out.add_int8(message_id(room, random.below(number)));
    else
        out.add_null();
    out.add_timestamp(created_at);
}

} // namespace citusbench::chat
