#pragma once

#include <functional>
#include <string>
#include <vector>

#include "support/lag_witness.hpp"
#include "support/null_load.hpp"
#include "support/null_server.hpp"

namespace citusbench::test {

/// The latencies that a load must have had, from what the null server remembered and from the
/// schedule; nothing that citusbench measured is in them. In nanoseconds, sorted.
struct Truth {
    /// From the intended start. In an open loop until the server answered. In a closed loop until
    /// the next operation of the connection arrived, which was sent because the answer had been
    /// seen; so it has the client's own wake-ups in it.
    std::vector<Ticks> response;
    std::vector<Ticks> service; ///< from the arrival at the server until it answered
};

/// For one operation in flight a connection; in an open loop, for a constant rate.
Truth truth_of(const std::vector<NullAnswer>& answers, const NullLoad& load, Ticks zero);

/// When operation number `index` of an open loop of constant rate is due.
Ticks intended_at(const NullLoad& load, Ticks zero, std::int64_t index);

/// Something that is wrong with a trial.
struct Finding {
    std::string text;
    /// A machine that was late to wake threads could have done it.
    bool excusable = false;
};
using Findings = std::vector<Finding>;

/// What does not agree: the count, and the quantiles from 1 % to 90 %, of 1,000 values to 99 %,
/// within 1 % or `tolerated`. `lag`: what this machine needs from thread to thread, which comes on
/// top as often as the measured time holds a way that the truth does not: `ways`.
Findings differences(const std::string& what, const std::vector<Ticks>& truth,
                     const Histogram& measured, const Histogram& lag, int ways,
                     Ticks tolerated = 50'000);

/// A load on a null server with a witness beside it.
struct Trial {
    NullRun run;
    Truth truth;
    std::vector<NullAnswer> answers;
    Histogram lag;
    bool disturbed = false;
};
/// `begun` is called when measuring is about to start, with that time.
Trial run_trial(const NullScript& script, const NullLoad& load,
                const std::function<void(NullServer&, Ticks zero)>& begun = {});

} // namespace citusbench::test
