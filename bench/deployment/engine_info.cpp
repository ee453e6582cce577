#include "deployment/engine_info.hpp"

#include "core/sql_text.hpp"

namespace citusbench {

EngineInfo query_engine(pg::Client& client) {
    const auto what = client.query(std::string(sql_text("status/engine.sql")));
    EngineInfo engine_info;
    if (what.text(0, 0) == "t") {
        engine_info.engine = Engine::citus;
        engine_info.replication = static_cast<int>(what.integer(0, 2));
    } else if (what.text(0, 1) == "t") {
        engine_info.engine = Engine::fdw;
    }
    return engine_info;
}

} // namespace citusbench
