#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cluster/local/local_cluster.hpp"
#include "cluster/manifest/manifest.hpp"
#include "core/distribution.hpp"
#include "core/time.hpp"
#include "fault/fault.hpp"
#include "fault/operator_policy.hpp"
#include "load/load_options.hpp"
#include "topology/topology.hpp"
#include "verify/run_description.hpp"
#include "verify/verification.hpp"
#include "workload/workload.hpp"

namespace citusbench {

/// The maximum number of --fault options.
inline constexpr std::size_t max_faults = 64;

/// Whether data is loaded: where nothing of ours is (and anything on a cluster that citusbench
/// started), the same without a run, never, or always, instead of what is there.
enum class InitMode { automatic, load_only, forbidden, replace };

/// A checked run: every rule across the options holds, and no string is parsed after this.
struct Plan : LoadOptions {
    std::string command_line; ///< passwords masked

    // what
    std::shared_ptr<const Workload> workload;
    std::map<std::string, std::string, std::less<>> workload_options; ///< it was made of
    std::string mix; ///< "post=70 latest=20", as recorded
    KeyDistribution keys;
    InitMode init = InitMode::automatic;

    // where: either a cluster of its own or existing entry points
    std::vector<std::string> dsns;
    /// What --cluster describes; its entry points are `dsns`.
    std::optional<Manifest> manifest;
    std::optional<ClusterSpec> cluster;
    std::optional<LocalPostgres> postgres;
    std::string topology;           ///< as recorded
    std::optional<int> replication; ///< as asked for an existing cluster
    int shards = 32;
    bool keep = false;
    std::vector<unsigned> entry_weights; ///< in the order of the entries; empty: all alike

    // load, besides LoadOptions
    bool prepared = true;       ///< statements, once a connection; else parsed at each operation
    std::optional<double> rate; ///< of an open loop
    /// --rate auto: `arrival` is an open loop whose rate the warm-up finds.
    bool finds_rate = false;
    std::optional<std::int64_t> start_at_us; ///< of the load, on the server's clock
    std::optional<Nanoseconds> warmup;       ///< none: until the load is steady
    Nanoseconds duration{};                  ///< of a run without faults

    // faults
    std::vector<FaultSpec> faults;
    Nanoseconds before{};
    Nanoseconds during{};
    Nanoseconds after{};
    bool heal = true;
    OperatorPolicy operator_policy;
    int repeat = 1; ///< cycles of before, during and after

    // output
    std::string label;
    bool verify = true;
    bool monitor = true;
};

/// --verify-only: an earlier run, to be checked once more against the database it wrote to.
struct VerifyPlan {
    std::filesystem::path folder; ///< of the run
    Plan plan;                    ///< what the run was, pointed at its database
    RunDescription description;   ///< apart from `latest_run`, which the database knows
    std::string engine;           ///< as recorded
    std::vector<Check> kept;      ///< what only the run itself could see: wrong answers
};

} // namespace citusbench
