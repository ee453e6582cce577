#include "measure/recovery.hpp"

#include <algorithm>
#include <cmath>

namespace citusbench {
namespace {

constexpr Ticks window_length = 5 * ticks_per_second;
constexpr Ticks min_gap_limit = 10'000'000; // shorter gaps are normal
constexpr double slower_by = 1.2;

} // namespace

Recovery::Recovery(std::vector<OperationInfo> operations, const KeyGroups& groups, Ticks zero,
                   Ticks timeout, std::size_t sets)
    : operations_(std::move(operations)), groups_(groups), zero_(zero), timeout_(timeout),
      sets_(sets), before_(filters() * key_sets()), window_end_(zero + window_length) {}

void Recovery::add(const std::vector<Completion>& completions) {
    pending_.insert(pending_.end(), completions.begin(), completions.end());
}

void Recovery::advance(Ticks until, const std::vector<Outage>& outages) {
    for (auto& fault : faults_) fault.healed = outages[fault.outage].healed;
    const auto ready = std::partition(pending_.begin(), pending_.end(),
                                      [&](const Completion& each) { return each.done < until; });
    std::sort(pending_.begin(), ready,
              [](const Completion& a, const Completion& b) { return a.done < b.done; });
    for (auto each = pending_.begin(); each != ready; ++each) {
        open_faults(each->done, outages);
        if (each->done >= zero_) take(*each);
    }
    pending_.erase(pending_.begin(), ready);
    if (until != never) open_faults(until, outages);
}

void Recovery::finish(Ticks end, const std::vector<Outage>& outages) {
    advance(never, outages);
    open_faults(end, outages);
    end_ = end;
    for (auto& fault : faults_) {
        fault.end = std::min(fault.end, end);
        for (auto& view : fault.views) {
            const auto since = view.last_ok == never ? fault.confirmed : view.last_ok;
            const auto gap = std::max<Ticks>(fault.end - since, 0);
            view.max_gap = std::max(view.max_gap, gap);
            if (gap > view.gap_limit) view.gaps += gap;
        }
    }
}

/// Faults whose injection began by `until`, in their order.
void Recovery::open_faults(Ticks until, const std::vector<Outage>& outages) {
    while (seen_outages_ < outages.size() && outages[seen_outages_].injected <= until) {
        const auto index = seen_outages_++;
        if (outages[index].confirmed != never) open_fault(index, outages[index]);
    }
}

void Recovery::open_fault(std::size_t index, const Outage& outage) {
    if (!before_is_over_) {
        before_is_over_ = true;
        before_end_ = outage.injected;
    }
    for (auto& earlier : faults_)
        if (earlier.end == never && earlier.healed <= outage.injected)
            earlier.end = outage.injected;
    TrackedFault fault;
    fault.outage = index;
    fault.set = outage.fault;
    fault.confirmed = outage.confirmed;
    fault.healed = outage.healed;
    fault.shards.resize(groups_.shards());
    for (std::size_t filter = 0; filter < filters(); ++filter) {
        for (const auto key_set : {std::size_t{0}, 1 + 2 * fault.set, 2 + 2 * fault.set}) {
            const auto& before = before_[filter * key_sets() + key_set];
            fault.views.push_back(impact_of(before));
        }
    }
    faults_.push_back(std::move(fault));
}

FaultImpact Recovery::impact_of(const Baseline& before) const {
    FaultImpact view;
    view.last_ok = before.last_ok;
    view.gap_limit = std::max(2 * before.max_gap, min_gap_limit);
    const auto length = to_seconds(before_end_ - zero_);
    if (length > 0) view.rate_before = static_cast<double>(before.ok) / length;
    if (!before.response.empty())
        view.limit_ns =
            std::max(static_cast<std::uint64_t>(
                         slower_by * static_cast<double>(before.response.quantile(0.99))),
                     before.worst_p99_ns);
    return view;
}

void Recovery::take(const Completion& completion) {
    const auto group = groups_.group_of(completion.shard);
    if (!before_is_over_) {
        close_windows(completion.done);
        note_before(completion, group);
        return;
    }
    for (auto& fault : faults_)
        if (fault.end == never) note_after(fault, completion, group);
    // A later fault begins with the last success before it.
    if (completion.outcome == Outcome::ok)
        for_views(completion, group, [&](Baseline& view) { view.last_ok = completion.done; });
}

/// All operations, reads or writes, the kind; of each all keys, and by set those of its side.
template <typename Note>
void Recovery::for_views(const Completion& completion, std::size_t group, Note note) {
    const auto& operation = operations_[completion.kind];
    for (const auto filter : {std::size_t{0}, std::size_t{operation.is_write ? 2U : 1U},
                              std::size_t{3} + completion.kind}) {
        auto* views = &before_[filter * key_sets()];
        note(views[0]);
        for (std::size_t set = 0; set < sets_; ++set)
            note(views[(groups_.affected(group, set) ? 1 : 2) + 2 * set]);
    }
}

void Recovery::close_windows(Ticks until) {
    for (; window_end_ <= until; window_end_ += window_length) {
        for (auto& view : before_) {
            if (view.window.empty()) continue;
            view.worst_p99_ns = std::max(view.worst_p99_ns, view.window.quantile(0.99));
            view.window = Histogram();
        }
    }
}

void Recovery::note_before(const Completion& completion, std::size_t group) {
    if (completion.outcome != Outcome::ok) return;
    for_views(completion, group, [&](Baseline& view) {
        if (view.last_ok != never)
            view.max_gap = std::max(view.max_gap, completion.done - view.last_ok);
        view.last_ok = completion.done;
        ++view.ok;
        view.response.record(completion.done - completion.intended);
        view.window.record(completion.done - completion.intended);
    });
}

void Recovery::note_ok(const TrackedFault& fault, const Completion& completion, FaultImpact& view) {
    const auto gap = view.last_ok == never ? 0 : completion.done - view.last_ok;
    view.max_gap = std::max(view.max_gap, gap);
    if (gap > view.gap_limit) view.gaps += gap;
    view.last_ok = completion.done;
    if (completion.sent >= fault.confirmed && view.first_ok == never)
        view.first_ok = completion.done;
}

void Recovery::note_in_view(const TrackedFault& fault, const Completion& completion,
                            FaultImpact& view) const {
    const bool ok = completion.outcome == Outcome::ok;
    if (completion.intended >= fault.confirmed && completion.intended < fault.healed)
        ++view.outcomes[index_of(completion.outcome)];
    if (ok)
        note_ok(fault, completion, view);
    else
        view.first_error = std::min(view.first_error, completion.done);
    if (completion.done < fault.confirmed) return;
    const auto response = completion.done - completion.intended;
    if (response > view.worst) {
        view.worst = response;
        view.worst_censored = !ok && (completion.outcome != Outcome::failed ||
                                      completion.done - completion.sent >= timeout_);
    }
    const auto at =
        static_cast<std::size_t>((completion.done - fault.confirmed) / ticks_per_second);
    if (view.seconds.size() <= at) view.seconds.resize(at + 1);
    auto& now = view.seconds[at];
    ++now.all;
    now.ok += ok ? 1 : 0;
    now.within += ok && static_cast<std::uint64_t>(response) <= view.limit_ns ? 1 : 0;
}

void Recovery::note_after(TrackedFault& fault, const Completion& completion,
                          std::size_t group) const {
    const auto& operation = operations_[completion.kind];
    const std::size_t key_set = groups_.affected(group, fault.set) ? 1 : 2;
    for (const auto filter : {std::size_t{0}, std::size_t{operation.is_write ? 2U : 1U},
                              std::size_t{3} + completion.kind}) {
        note_in_view(fault, completion, fault.views[filter * 3]);
        note_in_view(fault, completion, fault.views[filter * 3 + key_set]);
    }
    if (completion.shard >= 0 && completion.intended >= fault.confirmed)
        note_shard(fault, completion);
}

void Recovery::note_shard(TrackedFault& fault, const Completion& completion) const {
    const bool is_write = operations_[completion.kind].is_write;
    auto& shard = fault.shards[static_cast<std::size_t>(completion.shard)][is_write ? 1 : 0];
    if (shard.worked) return;
    if (completion.outcome == Outcome::ok)
        shard.worked = true;
    else
        shard.last_error = completion.done;
}

} // namespace citusbench
