#pragma once

#include <string>

#include "pg/client.hpp"
#include "topology/node.hpp"

namespace citusbench {

/// The engine behind an entry point, as the server itself reports it.
struct EngineInfo {
    /// citus if the extension exists; else fdw if the workload's tables have foreign partitions, or
    /// there are foreign servers as citusbench makes them; else postgres.
    Engine engine = Engine::postgres;
    std::string postgres_version; ///< "15.20"
    std::string citus_version;    ///< "13.2-1"; empty without Citus
    bool is_coordinator = true;   ///< of Citus; elsewhere the entry point is the one there is
    bool has_metadata = true;     ///< queries of the whole cluster can be sent to it
    int replication = 1;          ///< copies of the workload's shards; asked for, where none is
    int shards = 0;               ///< of a table of the workload; 0 where none is cut into shards
    bool holds_workload = false;  ///< citusbench's schema is there
};

/// The only function that detects the engine. Throws RunError.
EngineInfo query_engine(pg::Client& client);

} // namespace citusbench
