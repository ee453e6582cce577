#include "worker/operation_schedule.hpp"

#include <gtest/gtest.h>

#include "support/null_load.hpp"

namespace citusbench {
namespace {

constexpr Ticks ms_of_schedule = 1'000'000;

/// Thread `thread` of two, at 100 operations a second of both, from `start` on.
struct ScheduledThread {
    ScheduledThread(const LoadPlan& plan, unsigned thread, Ticks start)
        : control(start, start, plan.arrival, 10), session(plan.workload->session(plan.identity)),
          schedule(plan, thread, control, *session) {}

    std::vector<PendingOperation> until(Ticks now) {
        std::vector<PendingOperation> taken;
        schedule.take_arrivals(
            now, [&](const PendingOperation& operation) { taken.push_back(operation); });
        return taken;
    }

    RunControl control;
    std::unique_ptr<Session> session;
    OperationSchedule schedule;
};

LoadPlan plan_of_two_threads(const Workload& workload) {
    LoadPlan plan;
    plan.workload = &workload;
    plan.weights = {1};
    plan.threads = 2;
    plan.arrival = Constant{100};
    return plan;
}

TEST(OperationSchedule, AThreadHasItsShareOfTheNumbersAndOfTheArrivals) {
    const test::NullWorkload workload;
    const auto plan = plan_of_two_threads(workload);
    const auto start = now_ticks();
    ScheduledThread second(plan, 1, start);
    EXPECT_TRUE(second.until(start).empty());
    EXPECT_EQ(second.schedule.next_arrival(), start + 10 * ms_of_schedule);
    const auto taken = second.until(start + 50 * ms_of_schedule);
    ASSERT_EQ(taken.size(), 3U) << "an arrival at this very moment is one of them";
    for (std::size_t i = 0; i < taken.size(); ++i) {
        const auto due = start + static_cast<Ticks>(10 + 20 * i) * ms_of_schedule;
        EXPECT_EQ(taken[i].index, 11 + 2 * i);
        EXPECT_EQ(taken[i].intended, due);
        EXPECT_EQ(taken[i].due, due);
        EXPECT_EQ(taken[i].entry, no_entry) << "any will do";
    }
}

TEST(OperationSchedule, NothingArrivesAtOrAfterTheEndAndWhatArrivedBeforeItIsNotForgotten) {
    const test::NullWorkload workload;
    const auto plan = plan_of_two_threads(workload);
    const auto start = now_ticks();
    ScheduledThread first(plan, 0, start);
    const auto end = start + 40 * ms_of_schedule;
    first.control.clock.set_end(end);
    EXPECT_FALSE(first.schedule.has_ended(end - 1));
    EXPECT_TRUE(first.schedule.has_ended(end));
    EXPECT_EQ(first.schedule.next_arrival(), start) << "it is to be taken yet";
    EXPECT_EQ(first.until(end + 100 * ms_of_schedule).size(), 2U) << "the third is at the end";
    EXPECT_EQ(first.schedule.next_arrival(), never);
}

TEST(OperationSchedule, UnderHashTheKeySaysWhereAnOperationBelongs) {
    const test::NullWorkload workload(true);
    auto plan = plan_of_two_threads(workload);
    plan.threads = 1;
    plan.route = Route::hash;
    plan.entries.resize(3);
    const auto start = now_ticks();
    ScheduledThread only(plan, 0, start);
    const ClusterMap owners(3);
    for (std::uint64_t index = 10; index < 40; ++index) {
        const auto operation = only.schedule.schedule_operation(start);
        ASSERT_EQ(operation.index, index);
        const auto owner = index % 10 == 0
                               ? std::size_t{every_entry}
                               : owners.owner_of(RoutingKey::of(static_cast<std::int64_t>(index)));
        EXPECT_EQ(operation.entry, owner) << index;
    }
}

} // namespace
} // namespace citusbench
