#pragma once

#include <optional>
#include <string>
#include <vector>

#include "record/run_record.hpp"
#include "run/fault_thread.hpp"

namespace citusbench {

/// What happened, in words for the end of the summary. `zero` is the zero of the run's clock.
std::vector<std::string> tell_run(const RunRecord& record, const std::vector<Outage>& outages,
                                  Ticks zero);

} // namespace citusbench
