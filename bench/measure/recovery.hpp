#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "measure/outage.hpp"
#include "record/recovery.hpp"
#include "record/run_record.hpp"
#include "stats/histogram.hpp"
#include "worker/batch_queue.hpp"
#include "worker/key_groups.hpp"

namespace citusbench {

// A view is operations seen together: a filter (0 all, 1 read, 2 write, 3 + kind) on a set of the
// keys (0 all; affected by a set of nodes; not affected by it).

/// What a view was like before the first fault.
struct Baseline {
    std::uint64_t ok = 0;
    Histogram response;             ///< of ok operations
    Histogram window;               ///< the same of the current 5-second window
    std::uint64_t worst_p99_ns = 0; ///< of a whole 5-second window
    Ticks last_ok = never;
    Ticks max_gap = 0;
};

/// What a fault did to a view.
struct FaultImpact {
    std::array<std::uint64_t, outcome_count> outcomes{};
    Ticks first_error = never;
    Ticks last_ok = never; ///< starts with the last one before the fault
    Ticks max_gap = 0;
    Ticks gaps = 0;
    Ticks gap_limit = 0; ///< only longer ones count into `gaps`
    Ticks first_ok = never;
    Ticks worst = -1;
    bool worst_censored = false;
    std::uint64_t limit_ns = 0; ///< of the p99 that counts as recovered
    double rate_before = 0;
    struct Second {
        std::uint32_t all = 0;
        std::uint32_t ok = 0;
        std::uint32_t within = 0; ///< ok, and not slower than limit_ns
    };
    std::vector<Second> seconds; ///< by completion, since the confirmation
};

/// Follows every operation of a run with faults in the order of their completion, and measures the
/// impact of each fault: when errors began, how long nothing succeeded, when everything was back to
/// the baseline. Memory: some bytes a second of the run for each operation kind. Main thread only.
class Recovery {
  public:
    /// `zero`: the start of measuring; earlier completions are ignored.
    Recovery(std::vector<OperationInfo> operations, const KeyGroups& groups, Ticks zero,
             Ticks timeout, std::size_t sets);

    void add(const std::vector<Completion>& completions);
    /// Everything that completed before `until` was added, and `outages` is complete up to there.
    void advance(Ticks until, const std::vector<Outage>& outages);
    /// After the last operation; `end` closes the gaps that are open.
    void finish(Ticks end, const std::vector<Outage>& outages);

    std::vector<RecoveryRow> rows(const std::vector<Outage>& outages) const;
    /// `keys`: the number of keys on each shard.
    std::vector<KeyOutage> key_outages(const std::vector<std::uint64_t>& keys) const;

  private:
    /// Of one shard, for reads and for writes.
    struct ShardState {
        bool worked = false;
        Ticks last_error = never; ///< before the first success
    };
    struct TrackedFault {
        std::size_t outage = 0; ///< index into outages
        std::size_t set = 0;
        Ticks confirmed = 0;
        Ticks healed = never;
        Ticks end = never;              ///< of the time attributed to this fault
        std::vector<FaultImpact> views; ///< filter·3 + key_set (all, affected, unaffected)
        std::vector<std::array<ShardState, 2>> shards; ///< by shard: reads, writes
    };

    void open_faults(Ticks until, const std::vector<Outage>& outages);
    void open_fault(std::size_t index, const Outage& outage);
    FaultImpact impact_of(const Baseline& before) const;
    void take(const Completion& completion);
    template <typename Note>
    void for_views(const Completion& completion, std::size_t group, Note note);
    void note_before(const Completion& completion, std::size_t group);
    static void note_ok(const TrackedFault& fault, const Completion& completion, FaultImpact& view);
    void note_in_view(const TrackedFault& fault, const Completion& completion,
                      FaultImpact& view) const;
    void note_after(TrackedFault& fault, const Completion& completion, std::size_t group) const;
    void note_shard(TrackedFault& fault, const Completion& completion) const;
    void close_windows(Ticks until);
    std::size_t key_sets() const { return 1 + 2 * sets_; }
    std::size_t filters() const { return 3 + operations_.size(); }
    RecoveryRow row(const TrackedFault& fault, const Outage& outage, std::size_t filter,
                    std::size_t key_set) const;

    std::vector<OperationInfo> operations_;
    const KeyGroups& groups_;
    Ticks zero_;
    Ticks timeout_;
    std::size_t sets_;
    std::vector<Completion> pending_;
    std::vector<Baseline>
        before_; ///< filter·key_sets() + key_set, 1 + 2·set being the affected keys
    Ticks window_end_;
    std::size_t seen_outages_ = 0;
    bool before_is_over_ = false;
    Ticks before_end_ = never;
    std::vector<TrackedFault> faults_;
    Ticks end_ = never;
};

} // namespace citusbench
