#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "core/enum_names.hpp"
#include "core/outcome.hpp"
#include "record/capacity.hpp"
#include "record/recovery.hpp"
#include "record/run_details.hpp"
#include "record/suite.hpp"
#include "stats/node_series.hpp"
#include "stats/op_stats.hpp"
#include "verify/ledger.hpp"
#include "verify/verification.hpp"

namespace citusbench {

/// Something that happened, for events.csv. elapsed_s is on the run's clock (zero at the start of
/// measuring, negative before it).
struct Event {
    double elapsed_s = 0;
    std::string kind;    ///< "phase", "fault_injected", "fault_confirmed", "connection_lost", …
    std::string subject; ///< a node, an entry, a phase
    std::string detail;
};

/// One operation kind as the reports need it.
struct OperationInfo {
    std::string name;
    bool is_write = false;
};

/// Of a phase, what one entry point served.
struct EntryTotals {
    std::string entry; ///< its name; "every": sent to all of them; "none": never sent
    std::vector<OpStats> operations;
    std::vector<OpStats> affected;
    std::vector<OpStats> unaffected;
};

/// Everything of one phase. `operations[k]` belongs to RunRecord::operations[k].
struct PhaseTotals {
    std::string name; ///< "warmup", "steady", "before", "during", "after"
    double from_s = 0;
    double to_s = 0;
    double length_s = 0; ///< to_s − from_s, unless the phase came several times
    std::vector<OpStats> operations;
    /// Of those, the ones on keys that a fault of the run touches, and the others; empty in a run
    /// without faults.
    std::vector<OpStats> affected;
    std::vector<OpStats> unaffected;
    std::vector<EntryTotals> by_entry; ///< where it was asked for; of all phases the same entries

    double seconds() const { return length_s > 0 ? length_s : to_s - from_s; }
    /// Adds the operations of the same phase of another load: from the earlier start to the later
    /// end. length_s stays. A phase that holds nothing yet takes the other's bounds.
    void merge(const PhaseTotals& other);
};

/// The phase of that name, added at the end where there is none.
PhaseTotals& phase_named(std::vector<PhaseTotals>& phases, const std::string& name);

/// A row of timeline.csv in numbers; latencies are of ok operations, empty without any.
struct TimelineRow {
    double elapsed_s = 0; ///< start of the interval
    std::string phase;
    std::string operation;
    std::string key_group = "all";
    std::string entry = "all";
    std::uint64_t scheduled = 0;
    std::uint64_t ok = 0;
    std::uint64_t failed = 0;
    std::uint64_t unknown = 0;
    std::uint64_t skipped = 0;
    struct Latency {
        double p50_us, p99_us, max_us;
    };
    std::optional<Latency> response;
    std::optional<Latency> service;
};

/// The response times of the ok operations of one kind in one interval.
struct LoggedInterval {
    std::size_t operation = 0; ///< of RunRecord::operations
    double elapsed_s = 0;
    double length_s = 0;
    double max_ms = 0;
    std::string histogram; ///< see hdr_encoding()
};

/// All counts of one interval of a phase, for merging.
struct PartInterval {
    double elapsed_s = 0;
    double length_s = 0;
    std::string phase;
    std::string operations; ///< OpStats by operation, as JSON: see stats_to_json()
};

/// A row of errors.csv.
struct ErrorClass {
    std::string phase;
    std::string operation;
    Outcome outcome = Outcome::failed;
    bool retried = false;  ///< of tries that were followed by another one
    std::string sqlstate;  ///< empty where there was none
    std::string condition; ///< "connection_failure", "deadline", "unique_violation", …
    std::string node;      ///< entry, or the node that the message names
    std::uint64_t count = 0;
    double first_elapsed_s = 0;
    double last_elapsed_s = 0;
    std::string sample; ///< the first message, one line, passwords masked

    auto key() const {
        return std::tie(phase, operation, outcome, retried, sqlstate, condition, node);
    }
    /// Adds errors of the same class; the sample is the earliest one's.
    void merge(const ErrorClass& other);
};

/// Adds to the class that has the same key, or as a further class.
void merge(std::vector<ErrorClass>& classes, const ErrorClass& added);

/// The options of a run, in the columns of summary.csv.
struct RunLabels {
    std::string run; ///< the folder's name
    std::string workload;
    std::string topology;
    std::string engine;
    int replication = 1;
    std::string scale;
    std::uint64_t seed = 1;
    std::string mix;
    std::string key_distribution;
    int connections = 0;
    int pipeline = 1;
    int batch = 1;
    std::optional<double> rate_target; ///< operations per second; none in a closed loop
};

/// `running` stands in the run.json that is written before the load starts, so a run that died can
/// be recognised.
enum class RunStatus { complete, interrupted, failed, running };
constexpr auto enum_names(RunStatus /*of*/) {
    return std::to_array<EnumName<RunStatus>>({{RunStatus::complete, "complete"},
                                               {RunStatus::interrupted, "interrupted"},
                                               {RunStatus::failed, "failed"},
                                               {RunStatus::running, "running"}});
}
static_assert(names_each_value<RunStatus>(4));

/// All results of a run; the reporters need nothing else.
struct RunRecord {
    RunLabels labels;
    RunStatus status = RunStatus::complete;
    std::string failure; ///< why, if status is failed
    std::vector<OperationInfo> operations;
    std::vector<PhaseTotals> phases; ///< in order of time, warm-up first where there was one
    std::vector<TimelineRow> timeline;
    bool is_part = false;                ///< of a load that several processes made; see ClientRun
    std::vector<PartInterval> intervals; ///< of a part, for merging
    std::vector<LoggedInterval> latency_log; ///< without the warm-up
    std::int64_t zero_wall_us = 0; ///< the start of measuring, in µs since the Unix epoch
    std::vector<Event> events;
    std::vector<ErrorClass> errors;
    std::vector<RecoveryRow> recovery;
    NodeSeries monitor;                   ///< what the nodes said, from the start of measuring
    std::string client;                   ///< how it fared, in a line
    std::vector<std::string> warnings;    ///< why its numbers are unreliable; else empty
    std::vector<std::string> narrative;   ///< what happened, in words, for the end of the summary
    RunDetails details;                   ///< what else run.json says
    std::shared_ptr<const Ledger> ledger; ///< null before the end
    std::optional<Verification> verification; ///< none where it was not asked for
    std::optional<CapacityRecord> capacity;   ///< of `citusbench capacity` alone
    std::optional<SuiteRecord> suite;         ///< of `citusbench suite` alone
};

} // namespace citusbench
