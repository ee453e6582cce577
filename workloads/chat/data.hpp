#pragma once

#include <cstdint>

#include "core/random.hpp"
#include "core/routing_key.hpp"
#include "pg/copy_rows.hpp"
#include "workloads/chat/scale.hpp"
#include "workloads/chat/text_pool.hpp"

namespace citusbench::chat {

/// Besides those of the tables (0, 1, 2) and of runs: see workload/keyed_session.hpp.
inline constexpr std::uint64_t stream_of_texts = 16;

enum class Table : std::uint8_t { rooms, room_members, messages };

/// The loaded data as pure functions of (scale, seed, row). Rooms are counted from 0 here; ids are
/// counted from 1. Immutable, so threads may share it.
class Data {
  public:
    Data(const Scale& scale, std::uint64_t seed);

    const Scale& scale() const { return scale_; }
    std::uint64_t seed() const { return seed_; }
    const TextPool& texts() const { return texts_; }

    std::uint64_t row_count(Table table) const;
    /// Appends row `row` of `table` in the order of its columns; gives the id of its room.
    RoutingKey make_row(Table table, std::uint64_t row, std::int64_t load_time_us,
                        pg::CopyBuffer& out) const;

    static std::int64_t room_id(std::uint64_t room) { return static_cast<std::int64_t>(room) + 1; }
    /// The person in place `slot` (below members_per_room) of a room; distinct within a room.
    std::int64_t member_id(std::uint64_t room, std::uint64_t slot) const;
    /// Message `number` (below messages_per_room) of a room.
    std::int64_t message_id(std::uint64_t room, std::uint64_t number) const;
    /// Before the load, increasing with `number` within a room.
    std::int64_t message_time_us(std::uint64_t room, std::uint64_t number,
                                 std::int64_t load_time_us) const;

  private:
    std::int64_t message_time_us(std::uint64_t number, std::int64_t load_time_us,
                                 Random& random) const;
    void make_room(std::uint64_t row, std::int64_t load_time_us, pg::CopyBuffer& out) const;
    void make_member(std::uint64_t row, std::int64_t load_time_us, pg::CopyBuffer& out) const;
    void make_message(std::uint64_t row, std::int64_t load_time_us, pg::CopyBuffer& out) const;
    Random random_of(Table table, std::uint64_t row) const;

    Scale scale_;
    std::uint64_t seed_;
    std::uint64_t people_;
    std::uint64_t slot_stride_;
    std::uint64_t message_step_us_ = 0; ///< between two messages of a room, on average
    TextPool texts_;
};

} // namespace citusbench::chat
