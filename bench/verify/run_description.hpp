#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/distribution.hpp"
#include "verify/ledger.hpp"
#include "workload/workload.hpp"

namespace citusbench {

/// What a run did, as needed for checking the database.
struct RunDescription {
    std::shared_ptr<const Workload> workload;
    RunIdentity identity;
    std::uint64_t seed = 1;
    std::vector<double> weights; ///< by operation kind
    std::shared_ptr<const Ledger> ledger;
    /// The last run number that the database gave out: rows of other runs up to it are not checked.
    std::uint64_t latest_run = 1;
};

/// The operations of a run by index, and a number ("slot") for each row that its inserts issued.
class IssuedOperations {
  public:
    explicit IssuedOperations(const RunDescription& description);

    Ledger::Mark mark(std::uint64_t index) const { return description_.ledger->mark(index); }
    std::uint64_t end() const { return description_.ledger->end(); }
    std::uint32_t kind(std::uint64_t index) const;
    /// Rows that operation `index` inserts; 0 if it is no insert.
    std::uint64_t rows(std::uint64_t index) const;
    /// Of row `row`, below rows(index), of an insert that has a mark.
    std::uint64_t slot(std::uint64_t index, std::uint64_t row) const;
    std::uint64_t slots() const { return slots_; }

    /// Calls `take(index, mark, rows)` for every insert that has a mark.
    template <typename Take>
    void each_insert(Take take) const {
        for (std::uint64_t index = 0; index < end(); ++index) {
            const auto mark_here = mark(index);
            if (mark_here == Ledger::Mark::none) continue;
            if (const auto count = rows(index); count > 0) take(index, mark_here, count);
        }
    }

  private:
    /// An insert of several rows; those of one row have their index as slot.
    struct Group {
        std::uint64_t index;
        std::uint64_t first_slot;
    };
    const RunDescription& description_;
    WeightedChoice kinds_;
    std::vector<Group> groups_; ///< by index
    std::uint64_t slots_ = 0;
};

} // namespace citusbench
