#pragma once

#include <algorithm>

#include "core/time.hpp"
#include "load/arrival.hpp"
#include "load/phase_clock.hpp"
#include "stats/recorder.hpp"
#include "topology/cluster_map.hpp"
#include "worker/load_plan.hpp"
#include "worker/operation_queue.hpp"
#include "worker/run_control.hpp"
#include "workload/workload.hpp"

namespace citusbench {

/// Which window an intended time falls into. One thread asks, mostly for the same window again.
class WindowLocator {
  public:
    /// Intervals have the given length in ns and are counted from `zero`. Keeps a reference.
    WindowLocator(const PhaseClock& clock, Ticks zero, Ticks interval)
        : clock_(clock), zero_(zero), interval_(interval) {}

    WindowKey operator()(Ticks intended) {
        const auto segments = clock_.segments();
        if (intended < from_ || intended >= to_ || segments != segments_)
            locate(intended, segments);
        return key_;
    }

  private:
    void locate(Ticks intended, std::size_t segments) {
        const auto offset = intended - zero_;
        auto interval = offset / interval_;
        if (offset < 0 && offset % interval_ != 0) --interval;
        const auto segment = clock_.segment_at(intended);
        const auto interval_from = zero_ + interval * interval_;
        from_ = std::max(interval_from, clock_.begin_of(segment));
        to_ = std::min(interval_from + interval_, clock_.end_of(segment));
        segments_ = segments;
        key_ = {static_cast<std::uint32_t>(segment), static_cast<std::int32_t>(interval)};
    }

    const PhaseClock& clock_;
    Ticks zero_;
    Ticks interval_;
    // The window of the last intended time.
    Ticks from_ = 0;
    Ticks to_ = 0;
    std::size_t segments_ = 0;
    WindowKey key_;
};

/// Which operation a thread takes next, and when: its part of the arrivals of an open loop, and of
/// the operation indices.
class OperationSchedule {
  public:
    /// From the clock's begin on. Keeps references.
    OperationSchedule(const LoadPlan& plan, unsigned thread, const RunControl& control,
                      Session& session)
        : plan_(plan), layout_(plan.layout()), clock_(control.clock), session_(session),
          clusters_(plan.clusters()), kinds_(plan.weights),
          next_index_(control.first_index + plan.slice.thread_index(thread)),
          stride_(plan.slice.thread_count(plan.threads)),
          window_(control.clock, control.zero, plan.interval),
          arrivals_(control.arrival, control.clock.begin_of(0), plan.slice.thread_index(thread),
                    plan.slice.thread_count(plan.threads), plan.seed ^ plan.identity.run) {}

    /// The next operation of this thread, due at `intended`. It must get an outcome.
    PendingOperation schedule_operation(Ticks intended);

    /// Calls on_arrival(operation) for each arrival until `now`.
    template <typename OnArrival>
    void take_arrivals(Ticks now, OnArrival&& on_arrival) {
        const auto end = std::min(now + 1, clock_.end());
        for (; arrivals_.next() < end; arrivals_.advance())
            on_arrival(schedule_operation(arrivals_.next()));
    }
    /// The next arrival; `never` in a closed loop, and after the end.
    Ticks next_arrival() const {
        return arrivals_.next() < clock_.end() ? arrivals_.next() : never;
    }
    /// A closed loop takes no more operations; the last arrivals of an open loop may still be
    /// pending.
    bool has_ended(Ticks now) const { return now >= clock_.end(); }

  private:
    void locate_key(PendingOperation& operation);

    const LoadPlan& plan_;
    CellLayout layout_;
    const PhaseClock& clock_;
    Session& session_;
    const ClusterMap clusters_; ///< of one cluster, unless operations are routed by key
    WeightedChoice kinds_;
    std::uint64_t next_index_;
    std::uint64_t stride_;
    WindowLocator window_;
    ArrivalSchedule arrivals_;
};

inline PendingOperation OperationSchedule::schedule_operation(Ticks intended) {
    PendingOperation operation;
    operation.index = next_index_;
    next_index_ += stride_;
    operation.intended = intended;
    operation.key = window_(intended);
    operation.kind = kind_of_operation(kinds_, plan_.seed, plan_.identity.run, operation.index);
    operation.cell = operation.kind;
    operation.due = intended;
    if (plan_.groups || clusters_.clusters() > 1) locate_key(operation);
    return operation;
}

/// The shard and the cluster that own the operation's key.
inline void OperationSchedule::locate_key(PendingOperation& operation) {
    const auto key = session_.key(operation.index, operation.kind);
    if (plan_.groups) {
        operation.shard = plan_.groups->shard_of(key);
        operation.cell = layout_.cell(operation.kind, plan_.groups->group_of(operation.shard));
    }
    if (clusters_.clusters() > 1)
        operation.entry = key.kind == RoutingKey::Kind::none
                              ? every_entry
                              : static_cast<std::uint8_t>(clusters_.owner_of(key));
}

} // namespace citusbench
