// Several entry points, which are null servers: who gets what, and what happens when one is gone.
#include <thread>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "support/not_empty.hpp"
#include "support/null_load.hpp"
#include "support/null_server.hpp"
#include "topology/cluster_map.hpp"

namespace citusbench::test {
namespace {

using namespace std::chrono_literals;

NullScript remembering() {
    NullScript script;
    script.remembered = 1'000'000;
    script.delay = 1'000'000;
    return script;
}

/// The numbers of the operations that a server answered.
std::multiset<std::int64_t> numbers_at(NullServer& server) {
    server.stop();
    std::multiset<std::int64_t> numbers;
    for (const auto& answer : server.answers()) numbers.insert(answer.parameter);
    return numbers;
}

const EntryTotals& totals_of(const NullRun& run, const std::string& entry) {
    const auto& all = run.record.phases.at(0).by_entry;
    const auto at = std::find_if(all.begin(), all.end(),
                                 [&](const EntryTotals& totals) { return totals.entry == entry; });
    if (at == all.end()) throw std::runtime_error("nothing is counted for " + entry);
    return *at;
}

std::uint64_t ok_at(const NullRun& run, const std::string& entry) {
    return totals_of(run, entry).operations.at(0).count(Outcome::ok);
}

TEST(Entries, ConnectionsAreSpreadByTheWeights) {
    for (const unsigned threads : {1U, 3U}) {
        NullServer heavy;
        NullServer light;
        NullServer spare;
        NullLoad load;
        load.connections = 12;
        load.threads = threads;
        load.duration = 100ms;
        load.more_entries = {light.conninfo(), spare.conninfo()};
        load.weights = {3, 1, 0};
        run_null_load(heavy.conninfo(), load);
        EXPECT_EQ(heavy.counts().accepted, 9U) << threads << " threads";
        EXPECT_EQ(light.counts().accepted, 3U) << threads << " threads";
        EXPECT_EQ(spare.counts().accepted, 0U) << "an entry of weight 0 is for others' failures";
    }
}

/// By an arrival of each kind: connections of the first server go to the second, and back.
void expect_failover(const Arrival& arrival) {
    NullServer first;
    NullServer second;
    NullLoad load;
    load.connections = 8;
    load.arrival = arrival;
    load.duration = 5s;
    load.timeout = 1s;
    load.more_entries = {second.conninfo()};
    load.by_entry = true;
    Ticks back = 0;
    const auto run = run_null_load(first.conninfo(), load, [&](Ticks zero) {
        first.drop_all(zero + 500'000'000, 1'000'000'000);
        back = zero + 1'500'000'000;
    });
    EXPECT_TRUE(run.stats().balanced());
    EXPECT_EQ(run.stats().count(Outcome::skipped), 0U) << "nobody took them";
    EXPECT_LE(run.stats().count(Outcome::failed), 4U) << "only what was on its way may fail";
    // Four connections at the beginning and four that failed back; the second had them meanwhile.
    const auto open = [&] { return first.counts().open + second.counts().open; };
    for (int i = 0; i < 500 && open() > 0; ++i) std::this_thread::sleep_for(10ms); // servers notice
    EXPECT_EQ(open(), 0U);
    EXPECT_EQ(second.counts().started, 4U + 4U);
    EXPECT_GE(first.counts().started, 4U + 4U);
    EXPECT_GT(first.counts().last_started, back);
    EXPECT_LT(first.counts().last_started, back + 3'000'000'000) << "they were slow to fail back";
    EXPECT_EQ(ok_at(run, "null") + ok_at(run, "null2"), run.stats().count(Outcome::ok));
}

TEST(Entries, InAClosedLoopConnectionsOfADeadEntryFailOverAndBack) {
    expect_failover(Closed{});
}

TEST(Entries, InAnOpenLoopConnectionsOfADeadEntryFailOverAndBack) {
    expect_failover(Constant{400});
}

TEST(Entries, AnEntryThatDoesNotAnswerCostsNoWorkingConnection) {
    NullServer first;
    NullServer second;
    NullLoad load;
    load.connections = 4;
    load.arrival = Constant{200};
    load.duration = 4s;
    load.timeout = 500ms;
    load.more_entries = {second.conninfo()};
    const auto run = run_null_load(first.conninfo(), load, [&](Ticks zero) {
        first.freeze(zero + 500'000'000, 6'000'000'000);
    });
    EXPECT_TRUE(run.stats().balanced());
    // What was on its way, and what the two connections' kernel took before they were aborted.
    EXPECT_LE(run.stats().count(Outcome::failed), 2U);
    EXPECT_EQ(run.stats().count(Outcome::skipped), 0U);
    EXPECT_EQ(second.counts().started, 2U + 2U) << "one left the entry that works";
}

/// Every operation once, at the server that owns it; those without a key at each.
void expect_routed(NullLoad load) {
    NullServer a(remembering());
    NullServer b(remembering());
    NullServer c(remembering());
    load.route = Route::hash;
    load.more_entries = {b.conninfo(), c.conninfo()};
    load.by_entry = true;
    const auto run = run_null_load(a.conninfo(), load);
    EXPECT_EQ(run.stats().count(Outcome::ok), run.stats().scheduled);
    std::uint64_t seen = 0;
    std::size_t place = 0;
    const ClusterMap owners(3);
    std::set<std::int64_t> everywhere;
    for (auto* server : {&a, &b, &c}) {
        for (const auto number : test::not_empty(numbers_at(*server))) {
            if (number % 10 == 0) {
                everywhere.insert(number);
            } else {
                EXPECT_EQ(owners.owner_of(RoutingKey::of(number)), place);
            }
            ++seen;
        }
        ++place;
    }
    EXPECT_EQ(seen, run.stats().scheduled + 2 * everywhere.size());
    EXPECT_EQ(run.stats().rows, seen) << "rows of the parts are added";
    EXPECT_EQ(ok_at(run, "every"), everywhere.size());
    EXPECT_EQ(ok_at(run, "null") + ok_at(run, "null2") + ok_at(run, "null3") + ok_at(run, "every"),
              run.stats().count(Outcome::ok));
    for (const auto& totals : test::not_empty(run.record.phases.at(0).by_entry))
        EXPECT_TRUE(totals.operations.at(0).balanced()) << totals.entry;
}

TEST(Entries, ByHashAnOpenLoopSendsEachOperationToItsOwner) {
    NullLoad load;
    load.connections = 7;
    load.threads = 2;
    load.arrival = Constant{3000};
    expect_routed(load);
}

TEST(Entries, ByHashAClosedLoopSendsEachOperationToItsOwner) {
    NullLoad load;
    load.connections = 7;
    load.threads = 2;
    load.depth = 4;
    load.batch = 2;
    expect_routed(load);
}

TEST(Entries, ByHashAClosedLoopKeepsItsConcurrency) {
    NullScript slow;
    slow.delay = 20'000'000;
    NullServer a(slow);
    NullServer b(slow);
    NullLoad load;
    load.connections = 8;
    load.route = Route::hash;
    load.more_entries = {b.conninfo()};
    const auto run = run_null_load(a.conninfo(), load);
    // Eight slots of 20 ms each: at most 400/s, less where all of them wait for one cluster.
    EXPECT_LE(run.stats().scheduled, 408U);
    EXPECT_GE(run.stats().scheduled, 200U);
}

TEST(Entries, ByHashADeadClusterTakesItsOwnOperationsAndThoseOfAllAlong) {
    NullServer a;
    NullServer b;
    NullLoad load;
    load.connections = 4;
    load.arrival = Constant{500};
    load.duration = 3s;
    load.timeout = 1s;
    load.route = Route::hash;
    load.more_entries = {b.conninfo()};
    load.by_entry = true;
    const auto run = run_null_load(
        a.conninfo(), load, [&](Ticks zero) { a.drop_all(zero + 500'000'000, 60'000'000'000); });
    EXPECT_EQ(run.stats().scheduled, 1500U);
    EXPECT_TRUE(run.stats().balanced());
    const auto& of_a = totals_of(run, "null").operations.at(0);
    const auto& of_b = totals_of(run, "null2").operations.at(0);
    const auto& of_all = totals_of(run, "every").operations.at(0);
    EXPECT_EQ(of_b.count(Outcome::ok), of_b.scheduled) << "b is not touched by what happens to a";
    EXPECT_GT(of_a.count(Outcome::skipped), 400U);
    EXPECT_EQ(of_all.scheduled, 150U);
    EXPECT_EQ(of_all.count(Outcome::skipped), 0U) << "a part of each was sent";
    EXPECT_NEAR(static_cast<double>(of_all.count(Outcome::failed)), 125, 3);
    EXPECT_EQ(of_a.scheduled + of_b.scheduled + of_all.scheduled, run.stats().scheduled);
    std::uint64_t not_sent = 0;
    for (const auto& error : run.record.errors)
        if (error.condition == "not_sent" && error.node == "null") not_sent += error.count;
    EXPECT_GE(not_sent + 2, of_all.count(Outcome::failed));
}

} // namespace
} // namespace citusbench::test
