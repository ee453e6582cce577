#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "capacity/capacity_result.hpp"
#include "capacity/plan.hpp"
#include "capacity/prober.hpp"
#include "target/run_target.hpp"

namespace citusbench {

/// Runs a capacity plan: one target and one load for all probes; the search on the whole cluster,
/// the overload, the search with the faults in place; heals, compares all that was written with the
/// ledger, and gives the record to `save` before a cluster of its own is removed. Throws as
/// Runner does; what was measured is never lost.
class CapacityRunner {
  public:
    using Save = std::function<void(const RunRecord& record)>;
    using Reporters = Prober::Reporters;

    CapacityRunner(const CapacityPlan& plan, const StopFlag& stop, Reporters& reporters,
                   std::string run_name);

    /// The exit code: 4 where a search found no rate that holds.
    int run(const Save& save);

  private:
    int exit_code(const RunRecord& record) const;

    const CapacityPlan& plan_;
    const StopFlag& stop_;
    Reporters& reporters_;
    std::string run_name_;
    CapacityResult result_;
};

} // namespace citusbench
