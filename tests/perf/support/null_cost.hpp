#pragma once

#include "support/null_load.hpp"

namespace citusbench::perf {

/// What a client costs, and how much it gets done.
struct Cost {
    double cpu_us = 0; ///< of the client, per operation
    double per_second = 0;
    double operations = 0;
};

/// Of citusbench in a closed loop on a null server; `pipeline` operations under one sync.
inline Cost cost_on_null_server(const std::string& conninfo, unsigned connections,
                                std::size_t pipeline, int seconds) {
    test::NullLoad load;
    load.connections = connections;
    load.depth = load.batch = pipeline;
    load.duration = std::chrono::seconds(seconds);
    const auto run = test::run_null_load(conninfo, load);
    const auto operations = static_cast<double>(run.stats().count(Outcome::ok));
    return {static_cast<double>(run.cpu) / 1e3 / operations,
            operations / run.record.phases.front().seconds(), operations};
}

} // namespace citusbench::perf
