#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "core/stop_flag.hpp"
#include "plan/plan.hpp"
#include "record/reporter.hpp"
#include "record/run_record.hpp"
#include "target/run_target.hpp"
#include "target/schema.hpp"

namespace citusbench {

/// Runs a plan: brings up the target, loads the data, drives the load, injects the faults, verifies
/// what is in the database, and gives the record to `save` before a cluster of its own is removed.
/// Throws RunError or UsageError (nothing measured yet), or Interrupted during the set-up. Once the
/// load has begun, nothing measured is lost: the record's status tells how it ended.
class Runner {
  public:
    using Save = std::function<void(const RunRecord& record)>;

    Runner(const Plan& plan, const StopFlag& stop,
           std::vector<std::unique_ptr<Reporter>>& reporters, std::string run_name);

    /// The exit code of the run.
    int run(const Save& save);

  private:
    void report_status(std::string_view line, bool passing);

    const Plan& plan_;
    const StopFlag& stop_;
    std::vector<std::unique_ptr<Reporter>>& reporters_;
    std::string run_name_;
};

} // namespace citusbench
