#pragma once

#include <memory>
#include <vector>

#include "core/time.hpp"
#include "worker/client_connection.hpp"
#include "worker/event_loop.hpp"
#include "worker/load_plan.hpp"

namespace citusbench {

/// Decides which connection returns to its preferred entry, and when: one at a time, and only after
/// a separate connection, the probe, found that the preferred entry answers. No working connection
/// is closed for an attempt.
class FailBack {
  public:
    using Connections = std::vector<std::unique_ptr<ClientConnection>>;

    /// The time after a failed probe, or after a connection left an entry, until the next probe.
    static constexpr Ticks check_every = 1'000'000'000;
    static constexpr Ticks max_probe = 5'000'000'000;

    /// Keeps references.
    FailBack(const LoadPlan& plan, const Connections& connections, EventLoop& loop)
        : plan_(plan), connections_(connections), loop_(loop) {}

    /// A connection left its preferred entry.
    void on_failover(Ticks now);
    /// The next one may go as soon as the last one is there.
    void on_ready(const ClientConnection& connection) {
        if (&connection == probing_for_) check_at_ = 0;
    }
    bool is_probe(const ClientConnection& connection) const { return &connection == probe_.get(); }
    /// The probe's state changed, or its socket waits for something else. The connection that is to
    /// leave now, or null.
    ClientConnection* on_probe_event(Ticks now);

    /// When to call check(); `never` while all connections are where they belong.
    Ticks next_at() const { return check_at_; }
    void check(Ticks now);

  private:
    ClientConnection* next_away() const;
    bool last_is_under_way() const;
    void probe(ClientConnection& connection, Ticks now);
    void end_probe(Ticks now);

    const LoadPlan& plan_;
    const Connections& connections_;
    EventLoop& loop_;
    std::unique_ptr<ClientConnection> probe_;
    ClientConnection* probing_for_ = nullptr; ///< a connection that prefers that entry
    std::size_t probes_ = 0;
    Ticks check_at_ = never;
};

} // namespace citusbench
