#pragma once

#include <map>
#include <string>
#include <vector>

#include "load/phase_clock.hpp"
#include "record/reporter.hpp"
#include "record/run_record.hpp"
#include "worker/batch_queue.hpp"
#include "worker/cell_layout.hpp"

namespace citusbench {

/// Merges the batches of the workers. Main thread only.
class Collector {
  public:
    /// `horizon`: how long after its interval's end an operation can still get its outcome.
    /// `layout`: of the windows' cells.
    /// `keep_intervals`: everything that an interval counted is kept, for merging.
    Collector(std::vector<OperationInfo> operations, CellLayout layout, Ticks zero, Ticks interval,
              Ticks horizon, bool keep_intervals = false);

    void add(const std::vector<WorkerBatch>& batches);
    /// Names segment number segment_names.size(); several may share a name.
    void name_segment(std::string name) { segment_names_.push_back(std::move(name)); }
    const std::vector<std::string>& segment_names() const { return segment_names_; }

    /// Turns intervals that can no longer change into rows, so that memory does not grow with the
    /// run.
    void finalize_intervals(Ticks now);
    /// What came since the last call, over `seconds`.
    Progress progress(double seconds);

    /// Totals by phase name, in order of first appearance; timeline, errors and events sorted. The
    /// segments' bounds are the clock's; the last ends at `end`.
    void finish(const PhaseClock& clock, Ticks end, RunRecord& record);

    std::vector<Event> take_new_events();
    void add_event(Event event);

  private:
    using Cells = std::vector<OpStats>;
    using Keys = CellLayout::Keys;
    void add(const Window& window);
    void add_rows_by_group(double elapsed_s, const std::string& phase, const std::string& entry,
                           const Cells& cells, std::size_t block);
    void add_totals(const Cells& cells, PhaseTotals& phase) const;
    void finalize_before(std::int64_t interval);
    void log_latencies();

    std::vector<OperationInfo> operations_;
    CellLayout layout_;
    Ticks zero_;
    Ticks interval_;
    Ticks horizon_;
    bool keep_intervals_;
    std::vector<bool> used_blocks_; ///< those in which anything was counted
    std::vector<PartInterval> intervals_;
    std::vector<std::string> segment_names_;
    std::vector<Cells> segments_;
    std::map<std::pair<std::int32_t, std::uint32_t>, Cells> open_; ///< by interval, segment
    std::vector<TimelineRow> timeline_;
    std::int32_t logged_interval_ = 0; ///< the one that `logged_` belongs to
    Cells logged_;                     ///< of an interval, by operation; its phases together
    std::vector<LoggedInterval> latency_log_;
    std::map<std::pair<std::uint32_t, ErrorKey>, ErrorCount> errors_; ///< by segment
    std::vector<Event> events_;
    std::size_t shown_events_ = 0;
    OpStats recent_;
};

} // namespace citusbench
