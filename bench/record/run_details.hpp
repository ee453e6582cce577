#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "record/recovery.hpp"

namespace citusbench {

/// Names and values in the order in which run.json has them.
using NamedTexts = std::vector<std::pair<std::string, std::string>>;

/// Of the client.
struct BuildInfo {
    std::string version;
    std::string git_commit;
    int libpq = 0; ///< as PQlibVersion() has it: 150004
};

struct DeploymentInfo {
    std::string engine;
    int replication = 1;
    int shards = 0;
    std::size_t clusters = 1; ///< independent ones
    std::string route;
};

/// The phases of a run with faults, as the options of the command line have them.
struct CycleSummary {
    std::string before;
    std::string during;
    std::optional<std::string> after; ///< none where nothing is healed
    bool heal = true;
    std::string operator_policy;
    int repeat = 1;
};

/// What was asked for, as the options of the command line have it ("2s", "1.5ms").
struct PlanSummary {
    unsigned threads = 1;
    std::string arrival;     ///< "closed", "constant" or "poisson"
    std::string warmup;      ///< or "auto"
    bool finds_rate = false; ///< --rate auto
    std::string timeout;
    std::string interval;
    std::string protocol; ///< "prepared" or "extended"
    unsigned retries = 0;
    double check_answers = 0; ///< share of the reads
    std::string error_backoff;
    std::vector<std::string> faults;
    std::string duration;              ///< of a run without faults
    std::optional<CycleSummary> cycle; ///< instead of `duration`
};

/// Which part of a load that several processes make.
struct ShareInfo {
    unsigned index = 1; ///< from 1
    unsigned count = 1;
    std::int64_t start_at_us = 0; ///< by the server's clock, since the Unix epoch
};

/// The client's machine.
struct MachineInfo {
    std::string cpu;
    unsigned cores = 0;
    std::string memory; ///< as /proc/meminfo has it: "8132412 kB"
    std::string kernel;
    std::string architecture;
};

/// What an entry point reports of itself.
struct ServerInfo {
    std::string entry;
    unsigned weight = 1;
    std::string conninfo; ///< passwords masked
    std::string version;
    NamedTexts settings;
    NamedTexts extensions;
};

struct NodeInfo {
    std::string name;
    std::string role;
    std::string runs;    ///< program and version
    std::string address; ///< host:port
    bool is_entry = false;
};

struct PatroniInfo {
    int ttl_s = 0;
    int loop_wait_s = 0;
    int retry_timeout_s = 0;
    bool synchronous_mode = true;
};

struct LoadInfo {
    std::uint64_t rows = 0;
    double copy_s = 0;
    double index_s = 0;
};

/// Everything that is known before the load starts.
struct RunSetup {
    BuildInfo build;
    std::string command_line; ///< passwords masked
    std::string started_at;   ///< UTC, "2026-11-21T09:34:26Z"
    std::uint64_t run_number = 0;
    std::int64_t run_time_us = 0; ///< since the Unix epoch
    std::int64_t load_time_us = 0;
    NamedTexts workload_options;
    std::vector<double> weights; ///< by RunRecord::operations
    DeploymentInfo deployment;
    PlanSummary plan;
    std::optional<ShareInfo> share;
    std::string commit_protocol; ///< "two_phase", "one_phase" or "local"
    MachineInfo machine;
    std::vector<ServerInfo> servers;
    std::vector<NodeInfo> nodes;
    std::optional<std::string> runtime; ///< of a cluster that citusbench started
    std::optional<PatroniInfo> patroni;
    std::optional<LoadInfo> load; ///< none where the rows were there already
};

/// How this machine's clock stood to the server's, for --start-at.
struct ServerClock {
    std::int64_t offset_us = 0; ///< server − here
    std::int64_t round_trip_us = 0;
};

struct MonitorSummary {
    std::uint64_t samples = 0;
    std::uint64_t missed = 0;
    std::size_t values = 0;
    double client_cpu_s = 0;
    NamedTexts troubles; ///< by node
};

struct ClientCost {
    double cpu_us_per_operation = 0;
    double cpu_s = 0; ///< of all threads
    std::int64_t peak_rss_kb = 0;
};

/// The figures behind the verdict on the client; its reasons are RunRecord::warnings.
struct ClientHealthFigures {
    struct SendLag {
        double p50_us = 0;
        double p99_us = 0;
        double p999_us = 0;
        double max_us = 0;
    };

    SendLag send_lag;
    double max_loop_stall_us = 0;
    double stalled_from_s = 0; ///< on the run's clock
    std::uint64_t late_timers = 0;
    double latest_timer_us = 0;
    double thread_cpu_s = 0;
    double thread_waiting_for_cpu_s = 0;
    int niceness = 0;
    bool is_realtime = false;  ///< scheduled before the servers, to the end
    double busiest_second = 0; ///< share
    std::uint64_t saturated_seconds = 0;
    std::uint64_t seconds = 0;
    std::optional<double> cpu_steal; ///< share
};

struct ClientEvents {
    std::uint64_t rests_after_error = 0;
    std::uint64_t retries = 0;
    std::uint64_t reconnects = 0;
    std::uint64_t notices = 0;
    std::uint64_t cancels_requested = 0;
    std::uint64_t cancels_delivered = 0;
    std::uint64_t cancels_dropped = 0;
};

/// The client's health over the whole load.
struct ClientSummary {
    ClientCost cost;
    ClientHealthFigures health;
    ClientEvents events;
    std::vector<std::uint64_t> rows_returned; ///< by RunRecord::operations
};

/// The counts and costs of checking answers while the load ran.
struct AnswerCheckCost {
    struct Counts {
        std::uint64_t checked = 0;
        std::uint64_t wrong = 0;
        std::uint64_t stale = 0;
        std::uint64_t unchecked = 0;
    };
    struct Operation {
        std::string name;
        Counts counts;
    };

    double share = 0; ///< of the reads
    Counts total;
    double cpu_s = 0;
    double cpu_us_per_answer = 0;
    std::vector<Operation> operations; ///< of which any answer came
};

/// A fault as it happened, in seconds of the run; none for what has not come.
struct FaultTimes {
    std::string kind;
    std::vector<std::string> nodes;
    std::optional<double> injected_s;
    std::optional<double> confirmed_s;
    std::optional<double> disabled_s;
    std::optional<double> heal_started_s;
    std::optional<double> healed_s;
    std::optional<double> redundant_s;
    std::string operator_trouble;
};

struct FaultHistory {
    std::int64_t zero_monotonic_ns = 0; ///< the start of measuring on the machine's own clock
    std::string operator_policy;        ///< empty where there are no copies
    std::vector<FaultTimes> happened;
    std::vector<KeyOutage> keys;
};

/// One of the runs that a merged one was made of.
struct MergedClient {
    std::string run;
    unsigned part = 1;
    std::string own_members; ///< of its run.json, that differ among the parts: a JSON object
};

/// What a merged run copies from its parts. It stays JSON text: another version may have written
/// it.
struct MergedDetails {
    std::string common_members; ///< of run.json, the same in all parts: a JSON object
    std::vector<MergedClient> clients;
};

/// How long the load ran before it was measured, and what that found.
struct WarmUpInfo {
    bool is_automatic = false;                  ///< --warmup auto
    double seconds = 0;                         ///< with the closed loop that found a rate
    bool is_steady = true;                      ///< of an automatic one: before the time was over
    std::string reason;                         ///< why it was not
    std::optional<double> closed_loop_ok_per_s; ///< --rate auto
    std::optional<double> rate;                 ///< --rate auto: operations per second
};

/// run.json apart from labels, status, accounting, verification, capacity and suite. Each section
/// is filled by who knows it, and left out of run.json where it is absent.
struct RunDetails {
    std::optional<RunSetup> setup;
    std::optional<ServerClock> server_clock;
    std::optional<WarmUpInfo> warmup;
    std::optional<MonitorSummary> monitor;
    std::optional<ClientSummary> client;
    std::optional<AnswerCheckCost> answer_check;
    std::optional<FaultHistory> faults;
    std::optional<MergedDetails> merged; ///< instead of all others
};

} // namespace citusbench
