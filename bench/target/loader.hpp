#pragma once

#include "deployment/deployment.hpp"
#include "target/run_target.hpp"

namespace citusbench {

/// Generates every row of the workload and copies it in binary form to where the deployment wants
/// it, on several threads with their own connections. The number of rows. Throws RunError.
std::uint64_t load_tables(const Workload& workload, const Deployment& deployment,
                          std::int64_t load_time_us, const StopFlag& stop,
                          const StatusSink& report_status);

} // namespace citusbench
