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

  private:
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
