#include "measure/client_health.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "worker/event_loop_stats.hpp"

namespace citusbench {
namespace {

constexpr Ticks us_in_ticks = 1'000;
constexpr Ticks ms_in_ticks = 1'000'000;
constexpr Ticks second_in_ticks = 1'000'000'000;

ClientHealth healthy_client() {
    ClientHealth client_health;
    client_health.wall_s = 20;
    client_health.loop.seconds = 100;
    client_health.steal = 0.01;
    for (int i = 0; i < 10'000; ++i) client_health.loop.send_lag.record(50 * us_in_ticks);
    return client_health;
}

/// A phase whose p50, p99 and p99.9 are all about this.
std::vector<Histogram> phase_of(Ticks response) {
    std::vector<Histogram> phases(1);
    for (int i = 0; i < 1'000; ++i) phases[0].record(response);
    return phases;
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(ClientHealth, AClientThatWasInTimeIsReliable) {
    EXPECT_TRUE(healthy_client().warnings(phase_of(us_in_ticks)).empty())
        << "too little to matter, whatever the response time is";
    EXPECT_NEAR(healthy_client().figures().send_lag.p999_us, 50, 0.1);
}

TEST(ClientHealth, ALagIsJudgedByTheResponseTimesThatItIsAPartOf) {
    auto late = healthy_client();
    for (int i = 0; i < 8; ++i) late.loop.send_lag.record(3 * ms_in_ticks);
    EXPECT_TRUE(late.warnings(phase_of(4 * ms_in_ticks)).empty())
        << "8 of 10,008 are not yet one in a thousand";
    for (int i = 0; i < 4; ++i) late.loop.send_lag.record(3 * ms_in_ticks);
    EXPECT_TRUE(late.warnings(phase_of(300 * ms_in_ticks)).empty());
    const auto warnings = late.warnings(phase_of(4 * ms_in_ticks));
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_TRUE(
        contains(warnings[0], "up to 3.00 ms too long at p99.9, which is 4 ms in one phase"))
        << warnings[0];
    EXPECT_TRUE(contains(warnings[0], "counts, gaps and the verification are not affected"));
    auto phases = phase_of(300 * ms_in_ticks);
    phases.push_back(std::move(phase_of(4 * ms_in_ticks)[0]));
    EXPECT_EQ(late.warnings(phases).size(), 1U) << "one phase of several is enough";
}

TEST(ClientHealth, AClientThatStoodStillSaysSinceWhenAndForHowLong) {
    auto stopped = healthy_client();
    stopped.zero = 10 * second_in_ticks;
    stopped.loop.longest_stall = 5 * second_in_ticks;
    stopped.loop.stalled_from = 13 * second_in_ticks;
    const auto warnings = stopped.warnings(phase_of(ms_in_ticks));
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_TRUE(contains(warnings[0], "stood still for 5 s from 3.0 s on")) << warnings[0];
    stopped.loop.longest_stall = 50 * ms_in_ticks;
    EXPECT_TRUE(stopped.warnings(phase_of(ms_in_ticks)).empty());
}

TEST(ClientHealth, ASaturatedClientAndStolenTimeAreReasonsAgainstIt) {
    auto client_health = healthy_client();
    client_health.loop.saturated = 5;
    EXPECT_TRUE(client_health.warnings({}).empty());
    client_health.loop.saturated = 6;
    client_health.steal = 0.2;
    const auto warnings = client_health.warnings({});
    ASSERT_EQ(warnings.size(), 2U);
    EXPECT_TRUE(contains(warnings[0], "saturated in 6 % of the seconds"));
    EXPECT_TRUE(contains(warnings[1], "20 %"));
}

TEST(EventLoopStats, KnowsABusySecondFromAnIdleOne) {
    EventLoopStats watch;
    auto begun = now_ticks();
    watch.begin(begun);
    std::size_t seconds = 0;
    // Another machine may take some of a second away: that one is no busy second.
    for (; seconds < 8 && watch.record().saturated == 0; ++seconds) {
        begun = now_ticks();
        while (now_ticks() < begun + second_in_ticks + 20 * ms_in_ticks) {
        }
        watch.on_iteration(begun, now_ticks());
    }
    EXPECT_EQ(watch.record().seconds, seconds);
    ASSERT_EQ(watch.record().saturated, 1U) << watch.record().busiest;
    std::this_thread::sleep_for(std::chrono::milliseconds(1020));
    watch.on_iteration(now_ticks() - ms_in_ticks, now_ticks());
    EXPECT_EQ(watch.record().seconds, seconds + 1);
    EXPECT_EQ(watch.record().saturated, 1U);
    watch.end(false);
    EXPECT_GT(watch.record().time.cpu + watch.record().time.waiting, 900 * ms_in_ticks);
    EXPECT_GE(watch.record().max_iteration, second_in_ticks);
}

TEST(EventLoopStats, CountsTimersThatCameLateAndKeepsTheWorst) {
    EventLoopStats watch;
    watch.on_wakeup(100 * ms_in_ticks, 100 * ms_in_ticks + 200 * us_in_ticks);
    watch.on_wakeup(100 * ms_in_ticks, 102 * ms_in_ticks);
    watch.on_wakeup(100 * ms_in_ticks, 105 * ms_in_ticks);
    watch.on_wakeup(100 * ms_in_ticks, 103 * ms_in_ticks);
    EXPECT_EQ(watch.record().late_wakes, 3U);
    EXPECT_EQ(watch.record().latest_wake, 5 * ms_in_ticks);
    EXPECT_EQ(watch.record().longest_stall, 5 * ms_in_ticks);
    EXPECT_EQ(watch.record().stalled_from, 100 * ms_in_ticks);
    watch.on_iteration(200 * ms_in_ticks, 207 * ms_in_ticks);
    EXPECT_EQ(watch.record().longest_stall, 7 * ms_in_ticks);
    EXPECT_EQ(watch.record().stalled_from, 200 * ms_in_ticks);
}

TEST(EventLoopStats, RecordsOfThreadsAddUp) {
    EventLoopStats one;
    EventLoopStats other;
    one.sent(10 * us_in_ticks, 30 * us_in_ticks);
    other.sent(10 * us_in_ticks, 90 * us_in_ticks);
    other.on_wakeup(0, 2 * ms_in_ticks);
    LoopRecord sum;
    sum.merge(one.record());
    sum.merge(other.record());
    EXPECT_EQ(sum.send_lag.count(), 2U);
    EXPECT_EQ(sum.send_lag.max(), static_cast<std::uint64_t>(80 * us_in_ticks));
    EXPECT_EQ(sum.late_wakes, 1U);
}

TEST(MachineTime, OnlyGrows) {
    const auto before = MachineTime::now();
    if (!before) GTEST_SKIP() << "/proc/stat does not show steal";
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    const auto after = MachineTime::now();
    ASSERT_TRUE(after);
    EXPECT_GT(after->all, before->all);
    EXPECT_GE(after->stolen, before->stolen);
}

} // namespace
} // namespace citusbench
