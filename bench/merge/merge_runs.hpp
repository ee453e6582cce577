#pragma once

#include <vector>

#include "merge/client_run.hpp"

namespace citusbench {

/// The parts of a load as one run, as if one process had made it: counts, histograms, intervals,
/// errors, events and ledgers added without loss. The clocks are one already, because all parts
/// began at the same moment by the server's. `run_name`: of the new folder. Throws UsageError where
/// a file of a part is damaged.
RunRecord merge_runs(const std::vector<ClientRun>& parts, const std::string& run_name);

} // namespace citusbench
