#pragma once

#include <optional>
#include <string>
#include <vector>

#include "capacity/plan.hpp"
#include "record/run_record.hpp"

namespace citusbench {

/// How one search ended, in the values that are shown and recorded.
struct SearchResult {
    std::string name;       ///< "whole", "down" or "fault"
    std::string conditions; ///< "without worker2", "with slow:worker2:20ms"; empty for the whole
    CapacitySearch::End end = CapacitySearch::End::open;
    double rate = 0; ///< that holds
    std::optional<double> missed_rate;
    int probes = 0;
    int steps_down = 0;
    std::optional<double> held_once; ///< the largest rate that held before the confirmation
    bool narrow = false;
    bool at_max_rate = false;          ///< the largest rate that was allowed holds
    std::string confirmed;             ///< "p99 14.0 ms, failed 0 %", of the probe that confirmed
    std::string missed;                ///< "p99 31.0 ms", of the latest probe that missed
    double held_cpu = 0;               ///< client CPU by thread, of the latest probe that held
    double missed_cpu = 0;             ///< of the latest probe that missed
    double last_missed = 0;            ///< rate of the latest probe that missed
    std::vector<std::string> warnings; ///< about the numbers of that probe, see ClientHealth

    /// Whether the client was too busy or too late, so that the result is its capacity and not the
    /// cluster's.
    bool client_was_the_limit() const { return client_cpu() >= 0.9 || !warnings.empty(); }
    double client_cpu() const { return held_cpu > missed_cpu ? held_cpu : missed_cpu; }
};

/// Whether the latency came back after an overload, on the same connections and without a pause.
struct OverloadResult {
    using Window = CapacityOverload::Window;
    double base_rate = 0;
    double overload_rate = 0;
    double overload_s = 0;
    double window_s = 0;
    std::optional<double> before_p99_us;
    bool before_held = true; ///< else there is no baseline to come back to
    std::optional<double> overload_p99_us;
    std::vector<Window> after;

    /// Seconds after the overload until the end of the first window at base_rate, or at half of
    /// it, that was back to baseline.
    std::optional<double> back_after_s(bool at_half = false) const;
    /// At base_rate nothing was back to baseline: the overload outlasts its cause.
    bool is_metastable() const { return !back_after_s(); }
    /// At most one and a half times as long, or a millisecond longer.
    bool is_as_before(std::optional<double> p99_us) const;
};

/// The whole of `citusbench capacity`.
struct CapacityResult {
    std::string objective;
    std::string subject; ///< "The cluster of 4 workers"
    unsigned threads = 1;
    std::optional<double> closed_loop_per_s; ///< from which the first rate was guessed
    std::vector<SearchResult> searches;      ///< the whole first
    std::optional<OverloadResult> overload;

    bool every_search_confirmed() const;
    /// Of the second search to the first, where both found a rate.
    std::optional<double> ratio() const;
};

/// The result in words.
std::vector<std::string> summarize_capacity(const CapacityResult& result);

/// How the search is set up, for run.json.
void record_settings(const CapacityPlan& plan, CapacityRecord& record);

/// The result for run.json.
void record_outcome(const CapacityResult& result, CapacityRecord& record);

} // namespace citusbench
