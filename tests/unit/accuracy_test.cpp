// What citusbench measures against what a null server did: the same pool, workers, recorders and
// collector as in a run.
#include <gtest/gtest.h>

#include <ostream>

#include "unit/trials.hpp"

namespace citusbench::test {
namespace {

using namespace std::chrono_literals;

constexpr Ticks ms = 1'000'000;

struct ScriptedCase {
    const char* name;
    NullScript script;
    NullLoad load;
    friend std::ostream& operator<<(std::ostream& out, const ScriptedCase& scripted) {
        return out << scripted.name;
    }
};

NullScript bimodal(Ticks fast, Ticks slow) {
    NullScript script;
    script.delay = fast;
    script.slow_delay = slow;
    script.slow_every = 4;
    return script;
}
NullScript constant(Ticks delay) {
    NullScript script;
    script.delay = delay;
    return script;
}
/// Without it all connections would send at once, for ever.
NullScript staggered(NullScript script) {
    script.stagger = std::max(script.delay, script.slow_delay);
    return script;
}
NullLoad closed(unsigned connections) {
    NullLoad load;
    load.connections = connections;
    load.duration = 800ms;
    return load;
}
NullLoad open(unsigned connections, double rate) {
    auto load = closed(connections);
    load.arrival = Constant{rate};
    return load;
}

// A closed loop of 1,000 connections with answers after 5 ms would be 200,000 operations a second,
// which tells how fast the client is and not how well it measures: there the delays are longer.
const ScriptedCase scripted_cases[] = {
    {"ConstantClosed1", constant(5 * ms), closed(1)},
    {"ConstantOpen1", constant(5 * ms), open(1, 150)},
    {"ConstantClosed1000", staggered(constant(200 * ms)), closed(1000)},
    {"ConstantOpen1000", constant(5 * ms), open(1000, 2000)},
    {"BimodalClosed1", bimodal(1 * ms, 20 * ms), closed(1)},
    {"BimodalOpen1", bimodal(1 * ms, 20 * ms), open(1, 40)},
    {"BimodalClosed1000", staggered(bimodal(100 * ms, 400 * ms)), closed(1000)},
    {"BimodalOpen1000", bimodal(1 * ms, 20 * ms), open(1000, 2000)},
};

class Accuracy : public testing::TestWithParam<ScriptedCase> {};

TEST_P(Accuracy, ScriptedDelaysComeBack) {
    const auto& scripted = GetParam();
    raise_descriptor_limit();
    check_trials([&] { return run_trial(scripted.script, scripted.load); },
                 [&](const Trial& trial) {
                     const auto& stats = trial.run.stats();
                     const auto ok = index_of(Outcome::ok);
                     auto found = differences("response", trial.truth.response, stats.response[ok],
                                              trial.lag, is_open(scripted.load.arrival) ? 1 : 0);
                     for (const auto& each : differences("service", trial.truth.service,
                                                         stats.service[ok], trial.lag, 2))
                         found.push_back(each);
                     if (!stats.balanced()) found.push_back({"an operation has no outcome"});
                     return found;
                 });
}

INSTANTIATE_TEST_SUITE_P(Scripted, Accuracy, testing::ValuesIn(scripted_cases),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(AccuracyOfErrors, EveryNthFailsExactlyInAnOpenLoop) {
    NullScript script;
    script.error_every = 7;
    NullServer server(script);
    auto load = open(64, 2000);
    load.duration = 500ms;
    const auto run = run_null_load(server.conninfo(), load);
    EXPECT_EQ(run.stats().scheduled, 1000U);
    EXPECT_EQ(run.stats().count(Outcome::failed), 142U);
    EXPECT_EQ(run.stats().count(Outcome::ok), 858U);
    EXPECT_EQ(run.stats().service[index_of(Outcome::failed)].count(), 142U);
    ASSERT_EQ(run.record.errors.size(), 1U);
    EXPECT_EQ(run.record.errors[0].count, 142U);
    EXPECT_EQ(run.record.errors[0].sqlstate, null_sqlstate);
}

TEST(AccuracyOfErrors, InAClosedLoopTheyAreThoseThatTheServerGave) {
    NullScript script;
    script.error_every = 7;
    NullServer server(script);
    auto load = closed(64);
    load.duration = 300ms;
    const auto run = run_null_load(server.conninfo(), load);
    const auto counts = server.counts();
    EXPECT_GT(counts.errors, 64U);
    EXPECT_EQ(run.stats().count(Outcome::failed), counts.errors);
    EXPECT_EQ(run.stats().count(Outcome::ok), counts.operations - counts.errors);
    EXPECT_EQ(run.stats().scheduled, counts.operations);
}

} // namespace
} // namespace citusbench::test
