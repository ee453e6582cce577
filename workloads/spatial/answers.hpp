#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "workload/replay_checker.hpp"
#include "workload/write_counter.hpp"
#include "workloads/spatial/operations.hpp"
#include "workloads/spatial/positions.hpp"
#include "workloads/spatial/shape.hpp"

namespace citusbench::spatial {

/// Checks the reads of spatial but for latest_all: GEOS and GeographicLib say which rows must be in
/// the answer and which may be. Every row is compared with what was loaded or sent.
///
/// Rows of other runs may be there or not; only their place is checked, and counts have no upper
/// bound then. The loaded rows are made again at the first call of add() or check().
class SpatialAnswers final : public ReplayChecker {
  public:
    /// `workload` must outlive it.
    SpatialAnswers(const SpatialWorkload& workload, const RunIdentity& identity,
                   std::span<const double> weights);

    bool checks(std::uint32_t kind) const override;
    void add(const WriteOutcome& write) override;
    void forget_before(Ticks moment) override;

  private:
    using Number = Positions::Number;
    /// The state of a row for the answer that is being checked.
    enum class Mark : std::uint8_t { none, may, must, seen };
    struct RowColumns {
        int id, vehicle, location, recorded; ///< vehicle: -1 where it is not a column
        int count;
    };

    Positions& positions();
    Session& session() override { return session_; }
    void check_operation(const Answer& answer) override;

    // answers_within.cpp: everything within a shape
    void check_within(const Answer& answer, const Shape& shape,
                      std::optional<std::uint32_t> region);
    std::size_t mark_candidates(const Answer& answer, const Shape& shape,
                                std::optional<std::uint32_t> region);
    void expect_within(const Answer& answer, const Shape& shape,
                       std::optional<std::uint32_t> region, Number number);
    Mark mark(Number number) const;
    void set_mark(Number number, Mark mark);

    // answers_rows.cpp: rows, the nearest, the latest, counts
    std::optional<Number> read_row(const Answer& answer, int row, const RowColumns& columns) const;
    void expect_region(Number number, std::uint32_t region) const;
    void check_nearest(const Answer& answer);
    void check_position(const Answer& answer);
    void check_region_counts(const Answer& answer, Kind kind);
    std::vector<std::uint64_t> loaded_counts(Kind kind) const;

    std::uint32_t asked_region() const;
    Point asked_point(int param) const;
    Box asked_box(int first_param) const;

    const SpatialWorkload& workload_;
    RunIdentity identity_;
    bool other_runs_; ///< rows of other runs may be there
    Geos geos_;
    SpatialSession session_;
    std::unique_ptr<Positions> positions_;
    std::vector<WriteCounter> inserted_; ///< by region, where region_count needs it

    /// By row: the number of the answer and a Mark, so that a new answer need not clear them.
    std::vector<std::uint32_t> marks_;
    std::uint32_t answer_number_ = 0;
};

} // namespace citusbench::spatial
