#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace citusbench {

/// A row of recovery.csv: what a fault did to one operation (or "all", "read", "write") on the keys
/// of one group. Times count from the fault's confirmation; none where it did not come.
struct RecoveryRow {
    std::size_t fault = 0; ///< counted from 1, in the order of their confirmation
    std::string kind;
    std::string nodes; ///< "worker1,worker2"
    double confirmed_s = 0;
    std::optional<double> healed_s;
    std::string operation;
    std::string key_group; ///< "all", "affected", "unaffected"
    // Operations whose intended start fell between the fault's confirmation and its healing's.
    std::uint64_t scheduled = 0;
    std::uint64_t ok = 0;
    std::uint64_t failed = 0;
    std::uint64_t unknown = 0;
    std::uint64_t skipped = 0;
    std::optional<double> time_to_first_error_ms;
    /// The longest time between two ok completions, beginning with the last one before the fault.
    std::optional<double> unavailable_ms;
    /// All such gaps that are more than twice as long as any before the fault.
    double gaps_ms = 0;
    std::optional<double> time_to_first_ok_ms; ///< of operations sent after the fault
    std::optional<double> worst_operation_ms;  ///< response time
    bool worst_operation_censored = false;     ///< it was aborted: it would have taken longer
    std::optional<double> time_to_baseline_ms;
    std::optional<double> time_to_redundancy_ms;
};

/// One metric over the faults of a run (or its repeats).
struct MetricSpread {
    double min = 0;
    double median = 0;
    double max = 0;
    std::size_t missing = 0; ///< faults for which it does not exist: no error, or not recovered
};

/// The rows of all faults for one operation and key group as one.
struct RecoverySummary {
    std::string operation;
    std::string key_group;
    std::size_t faults = 0;
    std::optional<MetricSpread> time_to_first_error_ms;
    std::optional<MetricSpread> unavailable_ms;
    std::optional<MetricSpread> gaps_ms;
    std::optional<MetricSpread> time_to_first_ok_ms;
    std::optional<MetricSpread> worst_operation_ms;
    bool worst_operation_censored = false; ///< the worst of them is
    std::optional<MetricSpread> time_to_baseline_ms;
    std::optional<MetricSpread> time_to_redundancy_ms;
};

/// In the order of first appearance. An empty metric exists for none of the faults.
std::vector<RecoverySummary> summarize_recovery(const std::vector<RecoveryRow>& rows);

/// The share of the keys that a fault took out of service, and for how long.
struct KeyOutage {
    std::size_t fault = 0; ///< as in RecoveryRow
    bool writes = false;   ///< or reads
    double keys_share =
        0;             ///< of all keys, of those whose shard had an error before its first success
    double max_ms = 0; ///< from the confirmation to the last shard's first success
    double affected_share = 0; ///< of all keys, of those with a placement on a faulted node
};

} // namespace citusbench
