#pragma once

#include <optional>

#include "capacity/objective.hpp"
#include "capacity/search.hpp"
#include "plan/plan.hpp"

namespace citusbench {

/// `citusbench capacity`, decided.
struct CapacityPlan {
    /// Target and load of every probe: `warmup` and `duration` are a probe's, `arrival` is open.
    /// Its faults are not injected into a run: the second search is made with them in place.
    Plan run;
    Slo slo;
    SearchLimits limits; ///< `start` is found out unless `start_given`
    bool start_given = false;
};

} // namespace citusbench
