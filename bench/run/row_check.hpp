#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "record/run_record.hpp"
#include "run/target.hpp"

namespace citusbench {

/// The rows that a run's inserts added, counted twice: by what was acknowledged, and in the
/// database.
struct RowCheck {
    std::uint64_t acknowledged = 0;
    std::uint64_t unknown = 0;          ///< of inserts that may have happened
    std::optional<std::uint64_t> found; ///< none: the database could not be asked
    std::string problem;                ///< why not

    /// acknowledged ≤ found ≤ acknowledged + unknown.
    bool holds() const {
        return found && *found >= acknowledged && *found <= acknowledged + unknown;
    }
};

/// Finishes in-doubt transactions first (on Citus: on every node that citusbench can reach),
/// because an acknowledged row may stay invisible until then.
RowCheck check_rows(const Plan& plan, const Target& target, const RunIdentity& identity,
                    const RunRecord& record, const StopFlag& stop);

} // namespace citusbench
