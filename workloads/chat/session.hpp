#pragma once

#include <cstdint>

#include "core/distribution.hpp"
#include "workload/workload.hpp"
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
class ChatSession final : public Session {
  public:
    ChatSession(const Data& data, const KeyChooser& rooms, const RunIdentity& identity);
    void make(std::uint64_t index, std::uint32_t kind, Operation& operation) override;
    RoutingKey key(std::uint64_t index, std::uint32_t kind) override;
    void make_inserted_row(std::uint64_t index, std::uint32_t kind, std::uint64_t row,
                           pg::CopyBuffer& out) override;
    std::optional<Change> change(std::uint64_t index, std::uint32_t kind,
                                 pg::CopyBuffer& value) override;

  private:
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
    Random random_of(std::uint64_t index) const;
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

    const Data* data_;
    const KeyChooser* rooms_;
    RunIdentity identity_;
};

} // namespace citusbench::chat
