#pragma once

#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace citusbench {

enum class SuiteKind : std::uint8_t {
    benchmark, ///< each operation alone, then at several concurrencies
    per_node,  ///< each operation alone, on the coordinator and on every worker
};

/// `citusbench suite`, decided. The weights of the run are 1 for each operation that is measured.
struct SuitePlan {
    Plan run;
    SuiteKind kind = SuiteKind::benchmark;
    unsigned executions =
        5; ///< of each operation on each connection, after one that is not counted
    std::vector<unsigned> concurrencies = {5, 10, 20}; ///< of benchmark, after a single connection
};

} // namespace citusbench
