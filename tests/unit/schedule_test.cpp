// The schedule of an open loop as a server sees it, through the pool and workers of a run.
#include <gtest/gtest.h>

#include <cmath>
#include <ostream>

#include "unit/trials.hpp"

namespace citusbench::test {
namespace {

using namespace std::chrono_literals;

struct ScheduleCase {
    double rate;
    unsigned threads;
    unsigned connections;
    Nanoseconds duration;
    friend std::ostream& operator<<(std::ostream& out, const ScheduleCase& scheduled) {
        return out << scheduled.rate << " a second, " << scheduled.threads << " threads, "
                   << scheduled.connections << " connections";
    }
};

NullLoad load_of(const ScheduleCase& scheduled, const Arrival& arrival) {
    NullLoad load;
    load.connections = scheduled.connections;
    load.threads = scheduled.threads;
    load.duration = scheduled.duration;
    load.arrival = arrival;
    return load;
}

class Schedule : public testing::TestWithParam<ScheduleCase> {
  protected:
    static double expected() {
        return GetParam().rate * std::chrono::duration<double>(GetParam().duration).count();
    }
};

TEST_P(Schedule, ConstantCallsForExactlyTheRateAndEveryOperationHasAnOutcome) {
    NullServer server;
    const auto run =
        run_null_load(server.conninfo(), load_of(GetParam(), Constant{GetParam().rate}));
    EXPECT_EQ(run.stats().scheduled, std::llround(std::ceil(expected())));
    EXPECT_TRUE(run.stats().balanced());
    EXPECT_EQ(run.stats().count(Outcome::skipped), 0U);
    EXPECT_EQ(run.stats().count(Outcome::ok), server.counts().operations);
}

TEST_P(Schedule, PoissonCallsForTheRateWithinFourSigma) {
    NullServer server;
    const auto run =
        run_null_load(server.conninfo(), load_of(GetParam(), Poisson{GetParam().rate}));
    EXPECT_NEAR(static_cast<double>(run.stats().scheduled), expected(),
                4 * std::sqrt(expected()) + 1);
    EXPECT_TRUE(run.stats().balanced());
    EXPECT_EQ(run.stats().count(Outcome::ok), server.counts().operations);
}

// More threads than connections make no sense; the command line refuses it.
INSTANTIATE_TEST_SUITE_P(
    Rates, Schedule,
    testing::Values(ScheduleCase{1.0 / 60, 1, 1, 50ms}, ScheduleCase{1.0 / 60, 3, 7, 50ms},
                    ScheduleCase{333, 1, 1, 200ms}, ScheduleCase{333, 2, 7, 200ms},
                    ScheduleCase{333, 3, 64, 200ms}, ScheduleCase{10'000, 1, 64, 150ms},
                    ScheduleCase{10'000, 2, 7, 150ms}, ScheduleCase{10'000, 3, 64, 150ms},
                    ScheduleCase{500'000, 2, 64, 50ms}));

TEST(ScheduleOfOneAMinute, BeginsWithItsFirstArrivalAtTheStart) {
    const auto load = load_of({1.0 / 60, 2, 2, 100ms}, Constant{1.0 / 60});
    check_trials(
        [&] { return run_trial({}, load); },
        [&](const Trial& trial) {
            Findings found;
            if (trial.answers.size() != 1) return Findings{{"not one operation"}};
            const auto late = trial.answers[0].arrived - trial.run.zero;
            if (late < 0 || late > 1'000'000)
                found.push_back({"it arrived after " + std::to_string(late) + " ns", late > 0});
            return found;
        });
}

/// Arrivals at the server are those of the schedule, each on its time: never early, and late only
/// as the machine is.
TEST(ScheduleOfManyThreads, IsOneScheduleInEqualSteps) {
    const auto load = load_of({500, 3, 7, 600ms}, Constant{500});
    check_trials([&] { return run_trial({}, load); },
                 [&](const Trial& trial) {
                     Findings found;
                     Histogram lateness;
                     std::vector<bool> seen(300);
                     for (const auto& answer : trial.answers) {
                         const auto due = intended_at(load, trial.run.zero, answer.parameter);
                         lateness.record(answer.arrived - due);
                         if (answer.arrived < due) found.push_back({"one arrived early"});
                         seen.at(static_cast<std::size_t>(answer.parameter)) = true;
                     }
                     if (std::find(seen.begin(), seen.end(), false) != seen.end())
                         found.push_back({"one did not arrive"});
                     const auto allowed = 100'000 + trial.lag.quantile(0.75);
                     if (lateness.quantile(0.5) > allowed)
                         found.push_back({"half of them are late", true});
                     return found;
                 });
}

TEST(ScheduleBeyondCapacity, SkipsWhatNoConnectionTookInTimeAndLosesNothing) {
    NullScript script;
    script.delay = 50'000'000;
    NullServer server(script);
    auto load = load_of({1000, 2, 4, 500ms}, Constant{1000}); // and 80 a second are answered
    load.timeout = 200ms;
    const auto run = run_null_load(server.conninfo(), load);
    EXPECT_EQ(run.stats().scheduled, 500U);
    EXPECT_TRUE(run.stats().balanced());
    EXPECT_GT(run.stats().count(Outcome::skipped), 300U);
    EXPECT_EQ(run.stats().count(Outcome::ok), server.counts().operations);
    EXPECT_EQ(run.stats().service[index_of(Outcome::skipped)].count(), 0U);
}

} // namespace
} // namespace citusbench::test
