#include "verify/verify.hpp"

#include <fmt/format.h>

#include "verify/checks.hpp"

namespace citusbench {
namespace {

/// One verification, step by step. Each step puts what it found into `findings` before the next
/// begins, so that a step that fails costs nothing that was found before.
class Verifier {
  public:
    Verifier(const VerifyTarget& target, const StopFlag& stop, RowJudge& judge,
             const ProgressLine& progress, Findings& findings)
        : target_(target), stop_(stop), judge_(judge), progress_(progress),
          scanner_(judge, stop, progress), findings_(findings) {}

    void run() {
        look("");
        const bool missing = count();
        if (target_.engine == Engine::citus) recover();
        if (missing || (findings_.recovery && findings_.recovery->before > 0)) {
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
            nodes_.push_back(citus_nodes(part(cluster), stop_));
            all.insert(all.end(), nodes_.back().begin(), nodes_.back().end());
        }
        findings_.recovery = recover_in_doubt(all, stop_);
    }

    void compare() {
        progress_("comparing the copies of the shards");
        Replicas replicas;
        for (std::size_t cluster = 0; cluster < clusters(); ++cluster)
            replicas.append(
                compare_replicas(part(cluster), nodes_[cluster], cluster, scanner_, judge_, stop_));
        findings_.replicas = std::move(replicas);
    }

    VerifyTarget part(std::size_t cluster) const {
        return target_.by_key ? part_of(target_, cluster) : target_;
    }

    void look(std::string_view occasion) {
        findings_.evidence.begin_round();
        findings_.tally.reset();
        if (target_.by_key) {
            findings_.evidence.add(scanner_.through_all(target_.entries, occasion));
            return;
        }
        for (const auto& entry : target_.entries) {
            const auto where =
                target_.entries.size() > 1 ? " through " + entry.name : std::string();
            findings_.evidence.add(scanner_.through(entry, fmt::format("{}{}", where, occasion)));
        }
    }

    /// Whether something that should be there was out of sight.
    bool count() {
        findings_.tally = tally(findings_.evidence, judge_, stop_);
        return findings_.tally->lost.count + findings_.tally->stale.count > 0;
    }

    const VerifyTarget& target_;
    const StopFlag& stop_;
    RowJudge& judge_;
    const ProgressLine& progress_;
    Scanner scanner_;
    Findings& findings_;
    std::vector<std::vector<CitusNode>> nodes_; ///< by cluster
};

/// Of the first entry point of each cluster; without them rows are named all the same.
ShardNames shard_names(const VerifyTarget& target, const Workload& workload, const StopFlag& stop) {
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
    verification.sentences.push_back("The verification could not be finished: " + why);
    return verification;
}

Verification verify_or_throw(const RunFacts& facts, const VerifyTarget& target,
                             const StopFlag& stop, const ProgressLine& progress) {
    const RowNames names(*facts.workload, shard_names(target, *facts.workload, stop));
    const Issued issued(facts);
    const Updates updates(facts, issued, stop);
    RowJudge judge(facts, issued, updates, names);
    Findings findings(judge);
    try {
        Verifier(target, stop, judge, progress, findings).run();
    } catch (const std::exception& error) { // Interrupted as well
        findings.problem = error.what();
    }
    Verification verification;
    verification.checks = make_checks(judge, target, findings);
    verification.sentences = tell_verification(judge, findings, verification.checks);
    return verification;
}

} // namespace

Verification verify(const RunFacts& facts, const VerifyTarget& target, const StopFlag& stop,
                    const ProgressLine& progress) {
    try {
        return verify_or_throw(facts, target, stop, progress);
    } catch (const RunError& error) {
        return unfinished(error.what());
    } catch (const Interrupted& interrupted) {
        return unfinished(interrupted.what());
    }
}

} // namespace citusbench
