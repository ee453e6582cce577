#pragma once

#include <functional>
#include <string>
#include <vector>

#include "measure/collector.hpp"
#include "record/run_record.hpp"
#include "worker/load_plan.hpp"
#include "worker/run_control.hpp"

namespace citusbench {

/// One of the loads of a run, and what it counted: the warm-up, and the one that is measured. Each
/// has a clock of its own.
struct LoadStage {
    LoadStage(const LoadPlan& load, const std::vector<OperationInfo>& operations, Ticks start,
              Arrival arrival, std::uint64_t first_index)
        : control(start, start, std::move(arrival), first_index),
          collector(operations, load.layout(), start, load.interval, load.outcome_horizon(),
                    load.slice.is_part()) {}

    Ticks start() const { return control.zero; }

    RunControl control;
    Collector collector;
};

/// Puts what a warm-up counted before what was measured; `earlier_s`: by how much it began earlier
/// than the measuring.
void prepend_warmup(RunRecord&& warmup, double earlier_s, RunRecord& record);

} // namespace citusbench
