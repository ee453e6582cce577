#include "worker/fail_back.hpp"

#include <algorithm>

#include "worker/connect_throttle.hpp"

namespace citusbench {

void FailBack::on_failover(Ticks now) {
    check_at_ = std::min(check_at_, now + check_every);
}

/// A connection away from its preferred entry; such connections take turns.
ClientConnection* FailBack::next_away() const {
    const auto last =
        std::find_if(connections_.begin(), connections_.end(),
                     [&](const auto& connection) { return connection.get() == probing_for_; });
    const auto begin = last == connections_.end() ? 0 : last - connections_.begin() + 1;
    for (std::size_t i = 0; i < connections_.size(); ++i) {
        const auto& connection =
            connections_[(static_cast<std::size_t>(begin) + i) % connections_.size()];
        if (connection->placement.is_away() && connection->is_ready()) return connection.get();
    }
    return nullptr;
}

/// The last one that failed back is not connected yet.
bool FailBack::last_is_under_way() const {
    if (probing_for_ && !probing_for_->placement.is_away() && !probing_for_->is_ready())
        return true;
    return std::any_of(connections_.begin(), connections_.end(),
                       [](const auto& connection) { return connection->leaving; });
}

void FailBack::check(Ticks now) {
    if (now < check_at_) return;
    if (probe_ && probe_->pipeline.state() != pg::Pipeline::State::closed) {
        if (now < probe_->connect_deadline)
            check_at_ = probe_->connect_deadline;
        else
            end_probe(now);
        return;
    }
    auto* next = last_is_under_way() ? nullptr : next_away();
    if (next) return probe(*next, now);
    const bool any_away =
        last_is_under_way() ||
        std::any_of(connections_.begin(), connections_.end(),
                    [](const auto& connection) { return connection->placement.is_away(); });
    check_at_ = any_away ? now + check_every : never;
}

void FailBack::probe(ClientConnection& connection, Ticks now) {
    static const std::vector<pg::Statement> nothing_to_prepare;
    const auto entry = connection.placement.preferred_entry;
    probing_for_ = &connection;
    probe_ = std::make_unique<ClientConnection>(1, entry, 0);
    probe_->connect_deadline = now + std::min(plan_.timeout, max_probe);
    const auto& conninfo = plan_.entries[entry].conninfo_for(probes_++);
    if (!probe_->pipeline.open(conninfo, nothing_to_prepare)) return end_probe(now);
    poll_connection(loop_, *probe_);
    check_at_ = probe_->connect_deadline;
}

void FailBack::end_probe(Ticks now) {
    probe_->pipeline.abandon([](const SentOperation&, const pg::Reply&) {});
    check_at_ = now + check_every;
}

ClientConnection* FailBack::on_probe_event(Ticks now) {
    const bool answers = probe_->is_ready();
    if (!answers && probe_->pipeline.state() != pg::Pipeline::State::closed) {
        poll_connection(loop_, *probe_);
        return nullptr;
    }
    end_probe(now);
    const auto& placement = probing_for_->placement;
    return answers && placement.is_away() && probing_for_->is_ready() ? probing_for_ : nullptr;
}

} // namespace citusbench
