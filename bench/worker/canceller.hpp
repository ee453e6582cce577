#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>

namespace citusbench {

/// Sends cancel requests beside the load. PQcancel waits for the server to close the connection,
/// and a frozen server never does, so this has its own thread. If that hangs at the end, it is
/// abandoned: it shares only its own queue.
class Canceller {
  public:
    Canceller();
    ~Canceller();
    Canceller(const Canceller&) = delete;
    Canceller& operator=(const Canceller&) = delete;

    /// Asks the server to cancel what this connection is doing. Never blocks; beyond 1,000 waiting
    /// requests it drops the request. Safe from any thread.
    void cancel(PGconn* connection);

    struct Counts {
        std::uint64_t requested = 0;
        std::uint64_t delivered = 0;
        std::uint64_t dropped = 0; ///< the rest is still waiting for a server's answer

        void merge(const Counts& other) {
            requested += other.requested;
            delivered += other.delivered;
            dropped += other.dropped;
        }
    };
    Counts counts() const;

  private:
    struct Shared;
    std::shared_ptr<Shared> shared_;
};

} // namespace citusbench
