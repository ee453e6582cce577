#include "run/verify_again.hpp"

#include <fmt/format.h>

#include "core/sql_text.hpp"
#include "target/schema.hpp"
#include "target/verify_target.hpp"
#include "verify/verify.hpp"

namespace citusbench {
namespace {

/// What the database holds instead of the run's data; empty if it holds them.
std::string difference_to_plan(const pg::Result& marker, const VerifyPlan& plan,
                               std::size_t cluster) {
    const auto& run = plan.plan;
    if (marker.text(0, 0) != run.workload->name())
        return fmt::format("workload {}", marker.text(0, 0));
    if (marker.text(0, 1) != run.workload->scale())
        return fmt::format("{} {}", marker.text(0, 0), marker.text(0, 1));
    if (static_cast<std::uint64_t>(marker.integer(0, 2)) != run.seed)
        return fmt::format("seed {}", marker.text(0, 2));
    if (marker.text(0, 4) != "t") return "a load that was not finished";
    if (marker.integer(0, 3) != plan.description.identity.load_time_us)
        return "data that were loaded anew since the run";
    // The first of several clusters gives out the numbers.
    const auto number = plan.description.identity.run;
    if (cluster == 0 && number != run_of_reads &&
        static_cast<std::uint64_t>(marker.integer(0, 5)) < number)
        return fmt::format("{} runs", marker.text(0, 5));
    return {};
}

/// The last run number that the database gave out; of a further cluster 0.
std::uint64_t check_marker(const VerifyPlan& plan, const RunTarget& target, std::size_t cluster,
                           const StopFlag& stop) {
    pg::Client client(target.deployments()[cluster].entry_conninfo, stop);
    const auto& where = target.entries[cluster].name;
    const auto exists = client.query(std::string(sql_text("marker/exists.sql")));
    if (exists.integer(0, 1) == 0)
        throw UsageError(fmt::format("--verify-only {}: the database at {} holds no data of "
                                     "citusbench; point --dsn at the run's database",
                                     plan.folder.string(), where));
    const auto marker = client.query(std::string(sql_text("verify/marker.sql")));
    auto other = marker.rows() == 0 ? "an empty marker" : difference_to_plan(marker, plan, cluster);
    const auto part = part_name(cluster, 1 + target.further.size());
    if (other.empty() && marker.text(0, 6) != part)
        other = fmt::format("part '{}' of the rows instead of '{}'", marker.text(0, 6), part);
    if (!other.empty())
        throw UsageError(fmt::format(
            "--verify-only {}: the database at {} holds {}; the run was number {} of {} {} with "
            "seed {}; point --dsn at its database",
            plan.folder.string(), where, other, plan.description.identity.run,
            plan.plan.workload->name(), plan.plan.workload->scale(), plan.plan.seed));
    return static_cast<std::uint64_t>(marker.integer(0, 5));
}

} // namespace

Verification verify_again(const VerifyPlan& plan, const StopFlag& stop,
                          const StatusSink& report_status) {
    auto target = open_target(plan.plan, stop, report_status);
    auto description = plan.description;
    description.latest_run = check_marker(plan, target, 0, stop);
    for (std::size_t cluster = 1; cluster <= target.further.size(); ++cluster)
        check_marker(plan, target, cluster, stop);
    auto verification = verify(description, verify_target(target, *description.workload, "", stop),
                               stop, [&](std::string_view line) { report_status(line, true); });
    verification.checks.insert(verification.checks.end(), plan.kept.begin(), plan.kept.end());
    return verification;
}

} // namespace citusbench
