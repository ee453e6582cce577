// A server that freezes for two seconds, and whom that counts against. A client that measures from
// the send alone would report one slow operation a connection, and hide all that should have
// started meanwhile: coordinated omission.
#include <gtest/gtest.h>

#include <cmath>

#include <fmt/format.h>

#include "unit/trials.hpp"

namespace citusbench::test {
namespace {

using namespace std::chrono_literals;

constexpr Ticks freeze_ms = 1'000'000;
constexpr Ticks freeze_after = 100 * freeze_ms;
constexpr Ticks freeze_length = 2'000 * freeze_ms;
/// The freeze must come back within 1 % of it.
constexpr Ticks tolerated = freeze_length / 100;
constexpr auto ok = index_of(Outcome::ok);

Trial frozen_trial(const NullScript& script, const NullLoad& load) {
    return run_trial(script, load, [](NullServer& server, Ticks zero) {
        server.freeze(zero + freeze_after, freeze_length);
    });
}

NullScript script_for(unsigned connections, Ticks delay) {
    NullScript script;
    script.delay = delay;
    // A thousand answers at once would show the client's speed, not its accuracy.
    if (connections > 1) script.stagger = delay;
    if (connections > 1) script.pace = 50'000;
    return script;
}

NullLoad load_of(unsigned connections, const Arrival& arrival) {
    NullLoad load;
    load.connections = connections;
    load.arrival = arrival;
    load.duration = 2200ms;
    return load;
}

/// How many operations were scheduled between two times since the start.
std::uint64_t called_for(double rate, Ticks from, Ticks to) {
    const auto number = [&](Ticks at) {
        return static_cast<std::uint64_t>(std::ceil(static_cast<double>(at) * rate / 1e9));
    };
    return number(to) - number(from);
}

void expect_count(Findings& found, const std::string& what, std::uint64_t is, std::uint64_t least,
                  std::uint64_t most) {
    if (is >= least && is <= most) return;
    // Lateness makes latencies longer.
    found.push_back({fmt::format("{}: {}, expected {} to {}", what, is, least, most), is > most});
}

std::uint64_t count_above(const std::vector<Ticks>& values, Ticks limit) {
    return static_cast<std::uint64_t>(
        std::count_if(values.begin(), values.end(), [&](Ticks value) { return value > limit; }));
}

/// Every operation that should have started in the freeze waits for its end: with `rate` operations
/// a second, those that wait longer than x are the ones of the first (length − x) of it. Exact from
/// below; from above, the server's own catching up comes on top.
void check_response(Findings& found, const Trial& trial, const Histogram& response, double rate) {
    for (const Ticks limit :
         {500 * freeze_ms, 1'000 * freeze_ms, 1'500 * freeze_ms, 1'900 * freeze_ms}) {
        const auto least = called_for(rate, freeze_after, freeze_after + freeze_length - limit);
        const auto most = count_above(trial.truth.response, limit - tolerated);
        expect_count(found, fmt::format("responses above {} ms", limit / freeze_ms),
                     response.count_above(static_cast<std::uint64_t>(limit)), least, most);
    }
    for (const auto& each :
         differences("response", trial.truth.response, response, trial.lag, 2, tolerated))
        found.push_back(each);
}

class FreezeInAnOpenLoop : public testing::TestWithParam<unsigned> {};

TEST_P(FreezeInAnOpenLoop, CountsAgainstEveryOperationThatTheScheduleCalledFor) {
    const auto connections = GetParam();
    const double rate = connections == 1 ? 200 : 1000; // more than connections in the two seconds
    raise_descriptor_limit();
    const auto load = load_of(connections, Constant{rate});
    check_trials(
        [&] { return frozen_trial(script_for(connections, 1 * freeze_ms), load); },
        [&](const Trial& trial) {
            const auto& stats = trial.run.stats();
            Findings found;
            expect_count(found, "scheduled", stats.scheduled,
                         called_for(rate, 0, to_ticks(load.duration)),
                         called_for(rate, 0, to_ticks(load.duration)));
            expect_count(found, "ok", stats.count(Outcome::ok), stats.scheduled, stats.scheduled);
            check_response(found, trial, stats.response[ok], rate);
            // The send was held up for those alone that were in flight: one a connection,
            // and with as many connections as operations in a second, the first second's.
            const auto long_service = stats.service[ok].count_above(500 * freeze_ms);
            expect_count(found, "service above 0.5 s", long_service, connections, connections);
            // A client that takes the one for the other is found out.
            Findings omission;
            check_response(omission, trial, stats.service[ok], rate);
            if (connections == 1 && omission.size() < 5)
                found.push_back({"service times pass for response times"});
            return found;
        });
}

INSTANTIATE_TEST_SUITE_P(Connections, FreezeInAnOpenLoop, testing::Values(1U, 1000U));

class FreezeInAClosedLoop : public testing::TestWithParam<unsigned> {};

TEST_P(FreezeInAClosedLoop, CountsAgainstTheOperationsInFlightAndNoOther) {
    const auto connections = GetParam();
    raise_descriptor_limit();
    const auto script = script_for(connections, connections == 1 ? 5 * freeze_ms : 200 * freeze_ms);
    const auto load = load_of(connections, Closed{});
    check_trials(
        [&] { return frozen_trial(script, load); },
        [&](const Trial& trial) {
            const auto& stats = trial.run.stats();
            auto found = differences("response", trial.truth.response, stats.response[ok],
                                     trial.lag, 2, tolerated);
            for (const auto& each : differences("service", trial.truth.service, stats.service[ok],
                                                trial.lag, 2, tolerated))
                found.push_back(each);
            for (const auto* histogram : {&stats.response[ok], &stats.service[ok]})
                expect_count(found, "above 1.9 s", histogram->count_above(1'900 * freeze_ms),
                             connections, connections);
            return found;
        });
}

INSTANTIATE_TEST_SUITE_P(Connections, FreezeInAClosedLoop, testing::Values(1U, 1000U));

} // namespace
} // namespace citusbench::test
