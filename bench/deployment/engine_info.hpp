#pragma once

#include "pg/client.hpp"
#include "topology/node.hpp"

namespace citusbench {

/// What kind of cluster an entry point leads to.
struct EngineInfo {
    Engine engine = Engine::postgres;
    int replication = 1; ///< copies that Citus is asked to make of each shard
};

/// Throws RunError.
EngineInfo query_engine(pg::Client& client);

} // namespace citusbench
