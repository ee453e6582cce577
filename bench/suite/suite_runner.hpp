#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/stop_flag.hpp"
#include "record/reporter.hpp"
#include "suite/plan.hpp"

namespace citusbench {

/// Does what a SuitePlan says: starts or finds the cluster, loads, measures each operation under
/// each condition, verifies, has the results saved.
class SuiteRunner {
  public:
    using Save = std::function<void(const RunRecord&)>;
    SuiteRunner(const SuitePlan& plan, const StopFlag& stop,
                std::vector<std::unique_ptr<Reporter>>& reporters, std::string run_name)
        : plan_(plan), stop_(stop), reporters_(reporters), run_name_(std::move(run_name)) {}
    /// The exit code.
    int run(const Save& save);

  private:
    const SuitePlan& plan_;
    const StopFlag& stop_;
    std::vector<std::unique_ptr<Reporter>>& reporters_;
    std::string run_name_;
};

} // namespace citusbench
