#pragma once

#include <string>
#include <vector>

#include "stats/op_stats.hpp"
#include "stats/recorder.hpp"

namespace citusbench {

/// One operation, executed several times under one condition: a row of suite.csv.
struct SuiteRow {
    std::string condition; ///< "single", "concurrency 5", or the node's name
    std::string node;      ///< that was asked
    std::string operation;
    unsigned concurrency = 1;
    OpStats stats;
    ErrorMap errors;      ///< with times on the monotonic clock; the operation's kind is left at 0
    double elapsed_s = 0; ///< from the first send to the last answer
};

/// What `citusbench suite` measured.
struct SuiteRecord {
    std::string name;           ///< "benchmark", "per-node"
    std::vector<SuiteRow> rows; ///< by condition, then operation
    unsigned executions = 0;    ///< of each operation, for each of the connections
};

} // namespace citusbench
