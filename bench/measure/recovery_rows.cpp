#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "measure/recovery.hpp"

namespace citusbench {
namespace {

constexpr std::size_t window_seconds = 5;
constexpr double min_rate = 0.95;
constexpr double share_within = 0.99;

double ms(Ticks ticks) {
    return static_cast<double>(std::max<Ticks>(ticks, 0)) / 1e6;
}

std::optional<double> ms_since(Ticks from, Ticks at) {
    if (at == never) return std::nullopt;
    return ms(at - from);
}

/// The end of the first 5 seconds that are back to baseline: at least as many successes, and a p99
/// that is not slower. Operations that did not succeed count as slower than any other.
std::optional<double> to_baseline_ms(const FaultImpact& view, Ticks length) {
    if (view.rate_before <= 0) return std::nullopt;
    const auto whole = static_cast<std::size_t>(std::max<Ticks>(length, 0) / ticks_per_second);
    for (std::size_t end = window_seconds; end <= whole; ++end) {
        FaultImpact::Second sum;
        for (auto i = end - window_seconds; i < std::min(end, view.seconds.size()); ++i) {
            sum.all += view.seconds[i].all;
            sum.ok += view.seconds[i].ok;
            sum.within += view.seconds[i].within;
        }
        const bool fast = sum.within >= share_within * sum.all;
        if (fast && sum.ok >= min_rate * view.rate_before * window_seconds)
            return ms(static_cast<Ticks>(end) * ticks_per_second);
    }
    return std::nullopt;
}

constexpr std::array part_names = {"all", "affected", "unaffected"};

} // namespace

RecoveryRow Recovery::row(const TrackedFault& fault, const Outage& outage, std::size_t filter,
                          std::size_t key_set) const {
    const auto& view = fault.views[filter * part_names.size() + key_set];
    RecoveryRow row;
    row.kind = outage.kind;
    row.nodes = fmt::format("{}", fmt::join(outage.nodes, ","));
    row.confirmed_s = to_seconds(outage.confirmed - zero_);
    if (outage.healed != never) row.healed_s = to_seconds(outage.healed - zero_);
    constexpr std::array sums = {"all", "read", "write"};
    row.operation = filter < sums.size() ? sums[filter] : operations_[filter - sums.size()].name;
    row.key_group = part_names[key_set];
    row.ok = view.outcomes[index_of(Outcome::ok)];
    row.failed = view.outcomes[index_of(Outcome::failed)];
    row.unknown = view.outcomes[index_of(Outcome::unknown)];
    row.skipped = view.outcomes[index_of(Outcome::skipped)];
    row.scheduled = row.ok + row.failed + row.unknown + row.skipped;
    row.time_to_first_error_ms = ms_since(outage.confirmed, view.first_error);
    row.unavailable_ms = ms(view.max_gap);
    row.gaps_ms = ms(view.gaps);
    row.time_to_first_ok_ms = ms_since(outage.confirmed, view.first_ok);
    if (view.worst >= 0) row.worst_operation_ms = ms(view.worst);
    row.worst_operation_censored = view.worst_censored;
    row.time_to_baseline_ms = to_baseline_ms(view, fault.end - fault.confirmed);
    row.time_to_redundancy_ms = ms_since(outage.confirmed, outage.redundant);
    return row;
}

std::vector<RecoveryRow> Recovery::rows(const std::vector<Outage>& outages) const {
    std::vector<RecoveryRow> rows;
    for (std::size_t i = 0; i < faults_.size(); ++i) {
        const auto& fault = faults_[i];
        for (std::size_t filter = 0; filter < filters(); ++filter) {
            for (std::size_t key_set = 0; key_set < part_names.size(); ++key_set) {
                const auto& view = fault.views[filter * part_names.size() + key_set];
                // The mix has no such operation, or there is no such key.
                if (view.rate_before <= 0 && view.worst < 0) continue;
                rows.push_back(row(fault, outages[fault.outage], filter, key_set));
                rows.back().fault = i + 1;
            }
        }
    }
    return rows;
}

std::vector<KeyOutage> Recovery::key_outages(const std::vector<std::uint64_t>& keys) const {
    std::uint64_t all = 0;
    for (const auto count : keys) all += count;
    std::vector<KeyOutage> result;
    if (all == 0) return result;
    const auto share = [&](std::uint64_t count) {
        return static_cast<double>(count) / static_cast<double>(all);
    };
    for (std::size_t i = 0; i < faults_.size(); ++i) {
        const auto& fault = faults_[i];
        for (const bool writes : {false, true}) {
            KeyOutage out;
            out.fault = i + 1;
            out.writes = writes;
            std::uint64_t hit = 0;
            std::uint64_t affected = 0;
            Ticks longest = 0;
            for (std::size_t shard = 0; shard < keys.size(); ++shard) {
                if (groups_.affected(groups_.group_of(static_cast<std::int32_t>(shard)), fault.set))
                    affected += keys[shard];
                const auto& state = fault.shards[shard][writes ? 1 : 0];
                if (state.last_error == never) continue;
                hit += keys[shard];
                longest = std::max(longest, state.last_error - fault.confirmed);
            }
            out.keys_share = share(hit);
            out.affected_share = share(affected);
            out.max_ms = ms(longest);
            result.push_back(out);
        }
    }
    return result;
}

} // namespace citusbench
