#include "workloads/chat/answers.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "workload/binary_values.hpp"

namespace citusbench::chat {
ChatAnswers::ChatAnswers(const Data& data, const KeyChooser& rooms, const RunIdentity& identity,
                         std::span<const double> weights)
    : ReplayChecker("room"), data_(&data), identity_(identity), session_(data, rooms, identity),
      other_runs_(identity.run > 1), edits_(other_runs_ || weight_of(weights, Kind::edit) > 0),
      deletes_(other_runs_ || weight_of(weights, Kind::delete_) > 0),
      marks_(other_runs_ || weight_of(weights, Kind::mark_read) > 0) {
    if (weight_of(weights, Kind::count_all) > 0) all_posts_.emplace();
}

bool ChatAnswers::checks(std::uint32_t kind) const {
    switch (static_cast<Kind>(kind)) {
    case Kind::latest:
    case Kind::unread:
    case Kind::membership:
    case Kind::page:
    case Kind::my_rooms:
        return true;
    case Kind::count_all:
        return all_posts_.has_value();
    case Kind::post:
    case Kind::mark_read:
    case Kind::edit:
    case Kind::delete_:
        break;
    }
    return false;
}

void ChatAnswers::add(const WriteOutcome& write) {
    if (static_cast<Kind>(write.kind) != Kind::post) return;
    if (write.outcome != Outcome::ok && write.outcome != Outcome::unknown) return;
    const auto room = session_.key(write.index, write.kind).number;
    const auto done = write.outcome == Outcome::ok ? write.done : never;
    rooms_[static_cast<std::uint64_t>(room - 1)].add({write.index, write.sent, done}, forgotten_);
    if (all_posts_) all_posts_->add(write, 1);
}

void ChatAnswers::forget_before(Ticks moment) {
    forgotten_ = std::max(forgotten_, moment);
    if (all_posts_) all_posts_->forget_before(moment);
}

void ChatAnswers::check_operation(const Answer& answer) {
    room_ = static_cast<std::uint64_t>(asked().key.number - 1);
    switch (static_cast<Kind>(answer.kind)) {
    case Kind::latest:
        return check_latest(answer);
    case Kind::page:
        return check_page(answer);
    case Kind::unread:
        return check_unread(answer);
    case Kind::membership:
        return check_membership(answer);
    case Kind::my_rooms:
        return check_my_rooms(answer);
    case Kind::count_all:
        return check_count_all(answer);
    case Kind::post:
    case Kind::mark_read:
    case Kind::edit:
    case Kind::delete_:
        throw std::logic_error("answers to writes are not checked");
    }
}

void ChatAnswers::check_latest(const Answer& answer) {
    read_messages(answer);
    expect_posts_complete(answer);
    expect_loaded_complete(data_->scale().messages_per_room);
}

/// The page before a loaded message: no post is as old as that.
void ChatAnswers::check_page(const Answer& answer) {
    read_messages(answer);
    if (!seen_.posts.empty())
        throw WrongAnswer(fmt::format("message {} is newer than the page asked for",
                                      row_id(identity_.run, seen_.posts.front())));
    const auto messages = data_->scale().messages_per_room;
    if (messages == 0) return;
    const auto before = int8_in(param_bytes(asked().params, 2)); // $3: the message
    const auto number = static_cast<std::uint64_t>(before - 1) % messages;
    if (!seen_.loaded.empty() && seen_.loaded.front() >= number)
        throw WrongAnswer(fmt::format("message {} is not before message {}",
                                      data_->message_id(room_, seen_.loaded.front()), before));
    expect_loaded_complete(number);
}

void ChatAnswers::expect_count(const Answer& answer, Bounds bounds) const {
    expect_columns(answer.result, 1);
    if (answer.result.rows() != 1) throw WrongAnswer("the count has not one row");
    const auto count = static_cast<std::uint64_t>(int8_in(answer.result.text(0, 0)));
    if (count < bounds.least)
        throw WrongAnswer(
            fmt::format("it counts {} messages, at least {} are there", count, bounds.least));
    if (count > bounds.most && !other_runs_)
        throw WrongAnswer(
            fmt::format("it counts {} messages, at most {} can be there", count, bounds.most));
}

void ChatAnswers::check_unread(const Answer& answer) {
    const auto member = int8_in(param_bytes(asked().params, 1));
    const auto messages = data_->scale().messages_per_room;
    const auto as_loaded = unread_of_loaded(room_, slot_of(room_, member));
    Bounds bounds;
    bounds.least = marks_ || deletes_ ? 0 : as_loaded;
    bounds.most = marks_ ? messages : as_loaded;
    // mark_read uses only loaded messages, so no post of a run is ever marked as read.
    if (const auto found = rooms_.find(room_); found != rooms_.end()) {
        bounds.least += found->second.least(answer);
        bounds.most += found->second.most(answer);
    }
    try {
        expect_count(answer, bounds);
    } catch (const WrongAnswer& wrong) {
        throw WrongAnswer(fmt::format("unread by member {}: {}", member, wrong.what()));
    }
}

void ChatAnswers::check_count_all(const Answer& answer) {
    const auto loaded = data_->row_count(Table::messages);
    expect_count(answer,
                 {loaded + all_posts_->least(answer.sent), loaded + all_posts_->most(answer.done)});
}

void ChatAnswers::check_membership(const Answer& answer) {
    const auto member = int8_in(param_bytes(asked().params, 1));
    expect_columns(answer.result, 3);
    if (answer.result.rows() != 1)
        throw WrongAnswer(fmt::format("member {} is there {} times", member, answer.result.rows()));
    const auto& fields = loaded_row(Table::room_members, room_ * data_->scale().members_per_room +
                                                             slot_of(room_, member));
    const std::array columns = {1, 3, 4}; // id, role, is_muted
    for (int column = 0; column < 3; ++column)
        if (answer.result.text(0, column) !=
            fields[static_cast<std::size_t>(columns[static_cast<std::size_t>(column)])])
            throw WrongAnswer(fmt::format("the row of member {} has a wrong {}", member,
                                          PQfname(answer.result.get(), column)));
}

/// A person is in the rooms whose number plus slot · stride is the person's, modulo all people.
void ChatAnswers::check_my_rooms(const Answer& answer) {
    const auto member = int8_in(param_bytes(asked().params, 0));
    const auto people = data_->scale().people();
    const auto slots = data_->scale().members_per_room;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> places; // room, slot
    for (std::uint64_t slot = 0; slot < slots; ++slot) {
        const auto shift = static_cast<std::uint64_t>(data_->member_id(0, slot) - 1);
        const auto first = (static_cast<std::uint64_t>(member - 1) + people - shift) % people;
        for (auto room = first; room < data_->scale().rooms; room += people)
            places.emplace_back(room, slot);
    }
    std::sort(places.begin(), places.end());
    const auto& result = answer.result;
    expect_columns(result, 4);
    if (static_cast<std::size_t>(result.rows()) != places.size())
        throw WrongAnswer(fmt::format("member {} is in {} rooms, the answer has {}", member,
                                      places.size(), result.rows()));
    const std::array columns = {0, 3, 4, 6}; // room_id, role, is_muted, last_read_message_id
    for (int row = 0; row < result.rows(); ++row) {
        const auto [room, slot] = places[static_cast<std::size_t>(row)];
        const auto& fields = loaded_row(Table::room_members, room * slots + slot);
        for (int column = 0; column < (marks_ ? 3 : 4); ++column)
            if (result.text(row, column) !=
                fields[static_cast<std::size_t>(columns[static_cast<std::size_t>(column)])])
                throw WrongAnswer(fmt::format("rooms of member {}: row {} has a wrong {}", member,
                                              row + 1, PQfname(result.get(), column)));
    }
}

std::uint64_t ChatAnswers::slot_of(std::uint64_t room, std::int64_t member) const {
    std::uint64_t slot = 0;
    while (data_->member_id(room, slot) != member) ++slot;
    return slot;
}

std::uint64_t ChatAnswers::unread_of_loaded(std::uint64_t room, std::uint64_t slot) {
    const auto messages = data_->scale().messages_per_room;
    const auto& fields =
        loaded_row(Table::room_members, room * data_->scale().members_per_room + slot);
    if (fields[6].empty()) return messages;
    const auto read = static_cast<std::uint64_t>(int8_in(fields[6]));
    return messages - 1 - (read - 1) % messages;
}

/// The fields of a loaded row in COPY's binary format; a null is empty.
const ChatAnswers::Fields& ChatAnswers::loaded_row(Table table, std::uint64_t row) {
    copied_.clear();
    data_->make_row(table, row, identity_.load_time_us, copied_);
    const auto* at = copied_.data();
    const auto count = pg::from_wire<std::int16_t>(at);
    at += sizeof count;
    for (std::int16_t i = 0; i < count; ++i) {
        const auto length = pg::from_wire<std::int32_t>(at);
        at += sizeof length;
        const auto size = static_cast<std::size_t>(std::max(length, 0));
        fields_[static_cast<std::size_t>(i)] = {at, size};
        at += size;
    }
    return fields_;
}

} // namespace citusbench::chat
