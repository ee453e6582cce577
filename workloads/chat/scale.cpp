#include "workloads/chat/scale.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "workload/operation.hpp"
#include "workload/workload.hpp"

namespace citusbench::chat {
namespace {

constexpr std::uint64_t max_rooms = 1'000'000'000;
constexpr std::uint64_t max_message_bytes = 1'000'000;
constexpr std::uint64_t rooms_per_person = 4;
/// Loaded ids run from 1 and stay below the first id that run 1 inserts.
constexpr auto max_loaded_id = static_cast<std::uint64_t>(row_id(1, 0)) - 1;

} // namespace

Scale Scale::parse(const std::map<std::string, std::string, std::less<>>& options) {
    Scale scale;
    scale.rooms = read_count(options, {"rooms", 1, max_rooms}, scale.rooms);
    const auto per_room = max_loaded_id / scale.rooms;
    scale.members_per_room =
        read_count(options, {"members-per-room", 1, per_room}, scale.members_per_room);
    scale.messages_per_room =
        read_count(options, {"messages-per-room", 0, per_room}, scale.messages_per_room);
    scale.message_bytes =
        read_count(options, {"message-bytes", 0, max_message_bytes}, scale.message_bytes);
    return scale;
}

std::string Scale::to_string() const {
    return fmt::format("rooms={} members-per-room={} messages-per-room={} message-bytes={}", rooms,
                       members_per_room, messages_per_room, message_bytes);
}

std::uint64_t Scale::people() const {
    return std::max(members_per_room, rooms * members_per_room / rooms_per_person);
}

} // namespace citusbench::chat
