#include "deployment/engine_facts.hpp"

#include "core/sql_text.hpp"

namespace citusbench {

EngineFacts ask_engine(pg::Client& client) {
    const auto what = client.query(std::string(sql_text("status/engine.sql")));
    EngineFacts facts;
    if (what.text(0, 0) == "t") {
        facts.engine = Engine::citus;
        facts.replication = static_cast<int>(what.integer(0, 2));
    } else if (what.text(0, 1) == "t") {
        facts.engine = Engine::fdw;
    }
    return facts;
}

} // namespace citusbench
