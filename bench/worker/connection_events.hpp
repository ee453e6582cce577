#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "worker/batch_queue.hpp"

namespace citusbench {

/// What happened to connections, for events.csv: events of the same kind and entry become one a
/// second, with their number.
class ConnectionEvents {
  public:
    static constexpr Ticks report_every = 1'000'000'000;

    void add(const std::string& kind, const std::string& entry, const std::string& detail,
             Ticks at);
    /// What is to be reported at `now`, which is nothing if the last report is not old enough.
    std::vector<WorkerEvent> take(Ticks now);

  private:
    struct Seen {
        std::uint64_t count = 0;
        Ticks first = 0;
        std::string detail; ///< of the first
    };
    std::map<std::pair<std::string, std::string>, Seen> seen_; ///< by kind and entry
    Ticks report_at_ = 0;
};

} // namespace citusbench
