#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "core/time.hpp"
#include "load/load_options.hpp"
#include "pg/conninfo.hpp"
#include "pg/pipeline.hpp"
#include "worker/cell_layout.hpp"
#include "workload/workload.hpp"

namespace citusbench {

/// Where clients connect.
struct EntryPoint {
    std::string name;
    pg::Conninfo conninfo; ///< with the host resolved: connecting must not wait for a name server
    unsigned weight = 1;   ///< of the connections, under round-robin
    /// Where conninfo names several hosts: the same, beginning with each of the others, for a next
    /// attempt. libpq tries the next host when one refuses, not when one does not answer.
    std::vector<pg::Conninfo> host_rotations = {};

    const pg::Conninfo& conninfo_for(std::size_t attempt) const {
        const auto turn = attempt % (host_rotations.size() + 1);
        return turn == 0 ? conninfo : host_rotations[turn - 1];
    }
};

/// What the workers need of a plan; the same value for all of them.
struct LoadPlan : LoadOptions {
    const Workload* workload = nullptr;
    RunIdentity identity;
    std::vector<pg::Statement> statements; ///< by operation kind; empty where the weight is 0
    std::vector<EntryPoint> entries;
    pg::CommitProtocol protocol = pg::CommitProtocol::local;
    std::optional<Ticks> start;              ///< of the load; else as soon as all is ready
    std::shared_ptr<const KeyGroups> groups; ///< in runs with faults
    std::vector<bool> checked_kinds;         ///< by operation kind; empty: none

    /// Independent ones, each with its keys.
    std::size_t clusters() const { return route == Route::hash ? entries.size() : 1; }
    /// How long after the end of its interval an operation can still get its outcome: it may wait
    /// for a timeout, and each try may be on its way for another one.
    Ticks outcome_horizon() const { return interval + (2 + retries) * timeout + ticks_per_second; }
    /// Where its operations are counted.
    CellLayout layout() const;
};

inline CellLayout LoadPlan::layout() const {
    std::vector<std::string> names;
    if (by_entry)
        for (const auto& entry : entries) names.push_back(entry.name);
    return {workload->operations().size(), groups, names};
}

/// Whether the answer to this operation is to be checked: a pure function, as the operation is.
inline bool is_checked(const LoadPlan& plan, std::uint64_t index, std::uint32_t kind) {
    if (plan.checked_kinds.empty() || !plan.checked_kinds[kind]) return false;
    return Random(plan.seed, 0xa45e3ULL, index).unit() < plan.check_share;
}

/// How long a slot of a closed loop waits after an operation that was not ok.
inline constexpr Ticks error_backoff = 10'000'000;

} // namespace citusbench
