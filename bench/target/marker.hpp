#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "pg/client.hpp"
#include "plan/plan.hpp"
#include "target/run_target.hpp"

namespace citusbench {

/// The row of citusbench.marker: what was loaded.
struct Marker {
    std::string workload, scale;
    std::uint64_t seed = 0;
    std::string engine;
    int replication = 0;
    int shards = 0;
    std::int64_t load_time_us = 0;
    bool loaded = false;
    std::string part;
};

/// Nothing if there is no schema citusbench; throws UsageError if there is one without a marker.
std::optional<Marker> read_marker(pg::Client& client, const std::string& where);

/// What differs between the data there and the data wanted; empty if nothing does.
std::string difference_to_marker(const Marker& marker, const Plan& plan, const RunTarget& target);

/// "chat, rooms=20 members-per-room=2, seed 1, engine citus, replication 2".
std::string description_of(const Marker& marker);

/// The options that ask for the data that is there.
std::string options_for(const Marker& marker);

} // namespace citusbench
