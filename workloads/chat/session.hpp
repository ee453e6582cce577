#pragma once

#include <cstdint>
#include <optional>

#include "workload/keyed_workload.hpp"
#include "workloads/chat/data.hpp"

namespace citusbench::chat {

/// The operations of chat, in the order of Workload::operations().
enum class Kind : std::uint8_t {
    post,
    latest,
    unread,
    membership,
    page,
    my_rooms,
    mark_read,
    edit,
    delete_,
    count_all,
};

/// Makes the operations of one run. `data` and `rooms` belong to the workload and outlive it.
class ChatSession final : public KeyedSession<ChatSession, Kind, Data> {
  public:
    using KeyedSession::KeyedSession;
    void make_inserted_row(std::uint64_t index, std::uint32_t kind, std::uint64_t row,
                           pg::CopyBuffer& out) override;
    std::optional<Change> change(std::uint64_t index, std::uint32_t kind,
                                 pg::CopyBuffer& value) override;

  private:
    friend KeyedSession;
    static RoutingKey key_of(Kind kind, std::uint64_t room);
    /// What a post writes besides its room and constants.
    struct Post {
        std::int64_t id;
        std::int64_t sender;
        std::string_view text;
        std::int64_t created_at_us;
    };
    /// A message that was read and who read it, as numbers within their room.
    struct Reading {
        std::uint64_t message;
        std::uint64_t slot;
    };
    Post draw_post(std::uint64_t index, std::uint64_t room, Random& random) const;
    /// Nothing where the room has no message.
    std::optional<Reading> draw_reading(Random& random) const;
    std::optional<std::uint64_t> draw_message(Random& random) const;
    void add_params(Kind kind, std::uint64_t room, Random& random, Operation& operation) const;
    void add_post(std::uint64_t room, Random& random, Operation& operation) const;
    void add_page(std::uint64_t room, Random& random, Operation& operation) const;
    void add_mark_read(std::uint64_t room, Random& random, Operation& operation) const;
    std::int64_t any_member(std::uint64_t room, Random& random) const;
    std::int64_t any_message(std::uint64_t room, Random& random) const;
};

} // namespace citusbench::chat
