#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace citusbench::chat {

/// How much data the load makes; validated, so that every id fits below 2^43 (run 0).
struct Scale {
    std::uint64_t rooms = 1000;
    std::uint64_t members_per_room = 2;
    std::uint64_t messages_per_room = 5;
    std::uint64_t message_bytes = 120;

    /// From the texts of the options, without dashes; one that is missing keeps its default.
    /// Throws UsageError.
    static Scale parse(const std::map<std::string, std::string, std::less<>>& options);
    std::string to_string() const;

    /// How many different people the room members are: each is in about four rooms.
    std::uint64_t people() const;
};

} // namespace citusbench::chat
