#pragma once

#include <optional>
#include <string>
#include <vector>

#include "record/run_record.hpp"
#include "run/fault_thread.hpp"

namespace citusbench {

/// What the faults did, as far as the narrative needs it.
struct FaultSummary {
    std::vector<Outage> outages;
    std::vector<KeyOutage> keys;
    std::string key_noun; ///< "rooms"
    std::string policy;   ///< of the operator, on Citus; empty where there are no copies
    Ticks zero = 0;       ///< of the run's clock
};

/// What happened, in words for the end of the summary.
std::vector<std::string> summarize_run(const RunRecord& record, const FaultSummary& summary);

} // namespace citusbench
