#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "core/time.hpp"
#include "load/arrival.hpp"
#include "load/share.hpp"
#include "pg/conninfo.hpp"
#include "pg/pipeline.hpp"
#include "run/key_groups.hpp"
#include "workload/workload.hpp"

namespace citusbench {

/// Where clients connect.
struct Entry {
    std::string name;
    pg::Conninfo conninfo; ///< with the host resolved: connecting must not wait for a name server
};

/// What the workers need of a plan; the same value for all of them.
struct LoadPlan {
    const Workload* workload = nullptr;
    RunIdentity identity;
    std::uint64_t seed = 1;
    std::vector<double> weights;           ///< by operation kind
    std::vector<pg::Statement> statements; ///< by operation kind; empty where the weight is 0
    std::vector<Entry> entries;
    pg::CommitProtocol protocol = pg::CommitProtocol::local;
    /// Indices begin here, a multiple of `threads`: several loads can share a run number.
    std::uint64_t first_index = 0;
    unsigned connections = 16;
    unsigned threads = 1;
    double connect_rate = 0; ///< attempts to connect per second of all threads; 0: no limit
    std::size_t depth = 1;   ///< operations in flight on a connection
    std::size_t batch = 1;   ///< operations under one sync
    Arrival arrival;
    Share share;
    std::optional<Ticks> start; ///< of the load; else as soon as all is ready
    Ticks timeout = 5'000'000'000;
    Ticks interval = 1'000'000'000;
    unsigned retries = 0; ///< further tries of an operation that did not end well
    std::shared_ptr<const KeyGroups> groups; ///< in runs with faults
    double check_share = 0;                  ///< of the reads whose answers are judged
    std::vector<bool> checked_kinds;         ///< by operation kind; empty: none
};

/// Whether the answer to this operation is to be judged: a pure function, as the operation is.
inline bool is_checked(const LoadPlan& plan, std::uint64_t index, std::uint32_t kind) {
    if (plan.checked_kinds.empty() || !plan.checked_kinds[kind]) return false;
    return Random(plan.seed, 0xa45e3ULL, index).unit() < plan.check_share;
}

/// A slot of a closed loop rests so long after an operation that was not ok.
inline constexpr Ticks rest_after_error = 10'000'000;

} // namespace citusbench
