#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "cluster/local/local_cluster.hpp"
#include "pg/client.hpp"

namespace citusbench::test {

inline const StopFlag no_stop;

inline void no_log(std::string_view) {}

/// A plain PostgreSQL for tests that need one.
inline ClusterSpec postgres_spec() {
    ClusterSpec spec;
    spec.topology = "single";
    spec.engine = Engine::postgres;
    spec.workers = 1;
    return spec;
}

/// A coordinator and `workers` workers.
inline ClusterSpec workers_spec(Engine engine, int workers = 4, int replication = 1) {
    ClusterSpec spec;
    spec.engine = engine;
    spec.workers = workers;
    spec.replication = replication;
    return spec;
}

inline std::unique_ptr<LocalCluster> start_cluster(const ClusterSpec& spec) {
    return LocalCluster::start(spec, find_local_postgres(), no_stop, no_log);
}

/// The first value of the result.
inline std::string ask(const std::string& conninfo, const std::string& sql) {
    return std::string(pg::Client(conninfo, no_stop).query(sql).text(0, 0));
}

} // namespace citusbench::test
