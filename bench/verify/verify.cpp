#include "verify/verify.hpp"

#include <fmt/format.h>

#include "verify/checks.hpp"

namespace citusbench {
namespace {

/// One verification, step by step. Each step stores its results in `results` before the next
/// begins, so that a failing step loses no earlier results.
class Verifier {
  public:
    Verifier(const VerificationTarget& target, const StopFlag& stop, RowVerifier& row_verifier,
             const ProgressLine& progress, VerificationResults& results)
        : target_(target), stop_(stop), row_verifier_(row_verifier), progress_(progress),
          scanner_(row_verifier, stop, progress), results_(results) {}

    void run() {
        look("");
        const bool missing = count();
        if (target_.engine == Engine::citus) recover();
        if (missing || (results_.recovery && results_.recovery->before > 0)) {
            look(" again");
            count();
        }
        if (target_.engine == Engine::citus) compare();
    }

  private:
    std::size_t clusters() const { return target_.by_key ? target_.entries.size() : 1; }

    void recover() {
        progress_("recovering in-doubt transactions");
        std::vector<CitusNode> all;
        for (std::size_t cluster = 0; cluster < clusters(); ++cluster) {
            nodes_.push_back(citus_nodes(target_of(cluster), stop_));
            all.insert(all.end(), nodes_.back().begin(), nodes_.back().end());
        }
        results_.recovery = recover_in_doubt(all, stop_);
    }

    void compare() {
        progress_("comparing the copies of the shards");
        Replicas replicas;
        for (std::size_t cluster = 0; cluster < clusters(); ++cluster)
            replicas.append(compare_replicas(target_of(cluster), nodes_[cluster], cluster, scanner_,
                                             row_verifier_, stop_));
        results_.replicas = std::move(replicas);
    }

    VerificationTarget target_of(std::size_t cluster) const {
        return target_.by_key ? target_of_cluster(target_, cluster) : target_;
    }

    void look(std::string_view occasion) {
        results_.history.begin_round();
        results_.comparison.reset();
        if (target_.by_key) {
            results_.history.add(scanner_.through_all(target_.entries, occasion));
            return;
        }
        for (const auto& entry : target_.entries) {
            const auto where =
                target_.entries.size() > 1 ? " through " + entry.name : std::string();
            results_.history.add(scanner_.through(entry, fmt::format("{}{}", where, occasion)));
        }
    }

    /// Whether something that should be there was not visible.
    bool count() {
        results_.comparison = compare_with_ledger(results_.history, row_verifier_, stop_);
        return results_.comparison->lost.count + results_.comparison->stale.count > 0;
    }

    const VerificationTarget& target_;
    const StopFlag& stop_;
    RowVerifier& row_verifier_;
    const ProgressLine& progress_;
    Scanner scanner_;
    VerificationResults& results_;
    std::vector<std::vector<CitusNode>> nodes_; ///< by cluster
};

/// Of the first entry point of each cluster; without them rows are named all the same.
ShardNames shard_names(const VerificationTarget& target, const Workload& workload,
                       const StopFlag& stop) {
    const ClusterMap clusters(target.by_key ? target.entries.size() : 1);
    ShardNames names(target.engine, target.shards, target.workers, clusters);
    if (target.engine != Engine::citus) return names;
    try {
        for (std::size_t cluster = 0; cluster < clusters.clusters(); ++cluster) {
            pg::Client client(target.entries[cluster].conninfo, stop);
            names.read(client, workload.tables(), cluster);
        }
    } catch (const RunError&) {
        // The scan through the same entry point says why it cannot be asked.
        return {target.engine, target.shards, target.workers, clusters};
    }
    return names;
}

Verification unfinished(const std::string& why) {
    Verification verification;
    verification.checks.push_back({"lost", Verdict::unknown, std::nullopt, why, {}, false});
    verification.narrative.push_back("The verification could not be finished: " + why);
    return verification;
}

Verification verify_or_throw(const RunDescription& description, const VerificationTarget& target,
                             const StopFlag& stop, const ProgressLine& progress) {
    const RowNames names(*description.workload, shard_names(target, *description.workload, stop));
    const IssuedOperations issued(description);
    const Updates updates(description, issued, stop);
    RowVerifier row_verifier(description, issued, updates, names);
    VerificationResults results(row_verifier);
    try {
        Verifier(target, stop, row_verifier, progress, results).run();
    } catch (const std::exception& error) { // Interrupted as well
        results.problem = error.what();
    }
    Verification verification;
    verification.checks = make_checks(row_verifier, target, results);
    verification.narrative = summarize_verification(row_verifier, results, verification.checks);
    return verification;
}

} // namespace

Verification verify(const RunDescription& description, const VerificationTarget& target,
                    const StopFlag& stop, const ProgressLine& progress) {
    try {
        return verify_or_throw(description, target, stop, progress);
    } catch (const RunError& error) {
        return unfinished(error.what());
    } catch (const Interrupted& interrupted) {
        return unfinished(interrupted.what());
    }
}

} // namespace citusbench
