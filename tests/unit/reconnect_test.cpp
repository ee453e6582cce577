// Many connections that open, and all of them lost at once, against a null server.
#include <gtest/gtest.h>

#include "support/null_load.hpp"
#include "support/null_server.hpp"

namespace citusbench::test {
namespace {

using namespace std::chrono_literals;

TEST(Reconnect, ASlowServerIsAskedForAFewConnectionsAtATime) {
    raise_descriptor_limit();
    NullServer server;
    server.freeze(now_ticks(), 300'000'000);
    NullLoad load;
    load.connections = 500;
    load.duration = 100ms;
    const auto run = run_null_load(server.conninfo(), load);
    const auto counts = server.counts();
    EXPECT_LE(counts.max_waiting, 64U) << "with a time limit on each they would be lost again";
    EXPECT_EQ(counts.accepted, 500U) << "an attempt was thrown away";
    EXPECT_TRUE(run.stats().balanced());
}

TEST(Reconnect, ConnectionsAreOpenedAtTheRateThatWasAskedFor) {
    for (const unsigned threads : {1U, 2U}) {
        NullServer server;
        NullLoad load;
        load.connections = 60;
        load.threads = threads;
        load.connect_rate = 100;
        load.duration = 100ms;
        const auto run = run_null_load(server.conninfo(), load);
        EXPECT_GE(run.connect, 560'000'000) << threads << " threads";
        EXPECT_EQ(run.stats().count(Outcome::ok), run.stats().scheduled);
    }
}

TEST(Reconnect, EveryLostConnectionComesBackAndTheScheduleGoesOn) {
    raise_descriptor_limit();
    NullServer server;
    NullLoad load;
    load.connections = 1000;
    load.arrival = Constant{1000};
    load.duration = 2s;
    load.timeout = 200ms;
    const auto run = run_null_load(server.conninfo(), load, [&](Ticks zero) {
        server.drop_all(zero + 200'000'000, 700'000'000);
    });
    EXPECT_EQ(run.stats().scheduled, 2000U);
    EXPECT_TRUE(run.stats().balanced());
    EXPECT_EQ(run.cost.reconnects, 1000U);
    EXPECT_EQ(server.counts().started, 2000U);
    EXPECT_GT(run.stats().count(Outcome::skipped), 0U);
    EXPECT_GT(run.stats().count(Outcome::ok), 500U);
}

} // namespace
} // namespace citusbench::test
