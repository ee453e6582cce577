#include "deployment/engine_info.hpp"

#include <algorithm>

#include "core/embedded_files.hpp"

namespace citusbench {

EngineInfo query_engine(pg::Client& client) {
    const auto row = client.query(std::string(sql_text("status/engine.sql")));
    EngineInfo info;
    info.postgres_version = row.text(0, 0);
    // Distributions add their own after a space: "15.20 (Debian 15.20-1)".
    info.postgres_version.erase(
        std::min(info.postgres_version.find(' '), info.postgres_version.size()));
    info.citus_version = row.text(0, 1);
    info.shards = static_cast<int>(row.integer(0, 2));
    info.holds_workload = row.text(0, 3) == "t";
    if (info.citus_version.empty()) {
        const bool has_servers = row.text(0, 4) == "t";
        info.engine = info.shards > 0 || has_servers ? Engine::fdw : Engine::postgres;
        return info;
    }
    const auto citus = client.query(std::string(sql_text("status/citus_engine.sql")));
    info.engine = Engine::citus;
    info.is_coordinator = citus.text(0, 0) == "t";
    info.has_metadata = citus.text(0, 1) == "t";
    info.replication = static_cast<int>(citus.integer(0, 2));
    info.shards = static_cast<int>(citus.integer(0, 3));
    return info;
}

} // namespace citusbench
