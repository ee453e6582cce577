#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "cluster/local/cluster_network.hpp"
#include "fault/fault.hpp"
#include "support/local_cluster.hpp"
#include "support/measures_time.hpp"
#include "support/state_folder.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;

/// One fdw cluster for all tests: proxies stand in front of worker1 and the coordinator, not in
/// front of worker2.
class NetworkFaultTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        state_ = new test::StateFolder;
        auto spec = test::workers_spec(Engine::fdw, 3);
        spec.proxied = {"worker1", "coordinator", "worker3"};
        cluster_ = test::start_cluster(spec).release();
    }
    static void TearDownTestSuite() {
        delete cluster_;
        delete state_;
    }

    static const Node& node(std::string_view name) { return *cluster_->find(name); }
    static bool answers(std::string_view name, std::chrono::milliseconds timeout = 2s) {
        return pg::answers_query(cluster_->conninfo(node(name)), timeout);
    }
    static std::unique_ptr<Fault> make(const std::string& text) {
        const auto spec = FaultSpec::parse(text);
        return find_fault(spec.kind)->make(*cluster_, spec);
    }
    /// The best of some, in ms: a machine that is busy elsewhere only ever adds.
    static double round_trip_ms(std::string_view name) {
        pg::Client client(cluster_->conninfo(node(name)), test::no_stop);
        double best = 1e9;
        for (int i = 0; i < 5; ++i) {
            const auto begun = now_ticks();
            client.query("select 1");
            best = std::min(best, to_seconds(now_ticks() - begun) * 1e3);
        }
        return best;
    }

    static inline test::StateFolder* state_ = nullptr;
    static inline LocalCluster* cluster_ = nullptr;
};
MEASURES_TIME(NetworkFaultTest);

TEST_F(NetworkFaultTest, NodesAreReachedAtAscendingPortsWithOrWithoutAProxy) {
    const auto& nodes = cluster_->nodes();
    for (std::size_t i = 1; i < nodes.size(); ++i)
        EXPECT_GT(nodes[i].port, nodes[i - 1].port) << nodes[i].name;
    EXPECT_NE(node("worker1").port, node("worker1").server_port);
    EXPECT_EQ(node("worker2").port, node("worker2").server_port);
    for (const auto& each : nodes) {
        EXPECT_TRUE(answers(each.name)) << each.name;
        EXPECT_EQ(test::ask(cluster_->conninfo(each), "show port"),
                  std::to_string(each.server_port));
        EXPECT_EQ(cluster_->network().has_proxy(each.name), each.port != each.server_port);
    }
    EXPECT_GT(cluster_->network().cpu(), 0ns);
}

TEST_F(NetworkFaultTest, NodesReachEachOtherThroughTheProxies) {
    const auto ports = test::ask(cluster_->conninfo(node("coordinator")),
                                 "select string_agg(o, ',' order by srvname) from "
                                 "pg_foreign_server, unnest(srvoptions) o where o like 'port=%'");
    EXPECT_EQ(ports, fmt::format("port={},port={},port={}", node("worker1").port,
                                 node("worker2").port, node("worker3").port));
}

TEST_F(NetworkFaultTest, APartitionByProxyIsSilenceOnBothOldAndNewConnections) {
    const auto fault = make("partition:worker1,worker3");
    EXPECT_EQ(fault->how(), "proxy");
    pg::Client client(cluster_->conninfo(node("worker1")), test::no_stop);
    const auto before = now_ticks();
    const auto confirmed = fault->inject();
    EXPECT_GE(confirmed, before);
    EXPECT_LT(now_ticks() - confirmed, 100'000'000) << "the look is verify()'s";
    fault->verify();
    EXPECT_FALSE(answers("worker1", 200ms));
    EXPECT_FALSE(answers("worker3", 200ms));
    EXPECT_TRUE(answers("worker2"));
    EXPECT_EQ(cluster_->state(node("worker1")), "cut off");
    EXPECT_TRUE(pg::answers_query(
        fmt::format("{} port={}", cluster_->conninfo(node("worker1")), node("worker1").server_port),
        2s))
        << "the server itself is well";
    const auto healed = fault->heal();
    EXPECT_GT(healed, confirmed);
    EXPECT_EQ(test::ask(cluster_->conninfo(node("worker3")), "select 3"), "3");
    EXPECT_EQ(client.query("select 5").text(0, 0), "5") << "a connection outlives a partition";
    EXPECT_EQ(cluster_->state(node("worker1")), "up");
}

TEST_F(NetworkFaultTest, SlowMakesARoundTripLongerByItsDelay) {
    const auto fault = make("slow:worker1:40ms");
    EXPECT_EQ(fault->how(), "proxy");
    fault->inject();
    fault->verify();
    const auto slow = round_trip_ms("worker1");
    EXPECT_GE(slow, 40);
    EXPECT_LT(slow, 60) << "once per round trip, not twice";
    fault->heal();
    EXPECT_LT(round_trip_ms("worker1"), 30);
}

TEST_F(NetworkFaultTest, AFaultWithoutEffectIsNoFault) {
    const auto partition = make("partition:worker1");
    partition->inject();
    cluster_->network().restore({"worker1"}); // behind its back
    EXPECT_THROW(partition->verify(), RunError);
    partition->heal();
    const auto slow = make("slow:worker1:40ms");
    slow->inject();
    cluster_->network().set_delay({"worker1"}, 0ns);
    EXPECT_THROW(slow->heal(), RunError) << "verified by heal() where nobody did before";
    EXPECT_TRUE(answers("worker1"));
}

TEST_F(NetworkFaultTest, AHealedWayToAServerThatIsDownDoesNotWaitForIt) {
    const auto fault = make("partition:worker1");
    fault->inject();
    cluster_->kill({"worker1"});
    const auto begun = now_ticks();
    fault->heal();
    EXPECT_LT(to_seconds(now_ticks() - begun), 5);
    EXPECT_EQ(cluster_->state(node("worker1")), "down");
    EXPECT_FALSE(answers("worker1")) << "the proxy does not hide a dead server";
    cluster_->start_nodes({"worker1"});
    EXPECT_TRUE(answers("worker1"));
}

TEST_F(NetworkFaultTest, ANodeWithoutProxyCannotBeSlow) {
    EXPECT_THROW(make("slow:worker2:20ms")->inject(), RunError);
}

TEST_F(NetworkFaultTest, ANodeWithoutProxyIsCutOffByPacketRulesOrNotAtAll) {
    const auto fault = make("partition:worker2");
    if (!find_packet_tool()) {
        EXPECT_THROW(fault->inject(), RunError);
        EXPECT_TRUE(answers("worker2"));
        GTEST_SKIP() << "no packet rules here: " << find_packet_tool().why_not;
    }
    EXPECT_EQ(fault->how().rfind("packet rules (", 0), 0U) << fault->how();
    pg::Client client(cluster_->conninfo(node("worker2")), test::no_stop);
    fault->inject();
    fault->verify();
    EXPECT_EQ(cluster_->state(node("worker2")), "cut off");
    EXPECT_TRUE(answers("worker1"));
    const PacketRules of_another_process(cluster_->folder());
    EXPECT_EQ(of_another_process.dropped(), std::vector{node("worker2").port});
    fault->heal();
    EXPECT_EQ(client.query("select 5").text(0, 0), "5");
    EXPECT_TRUE(of_another_process.dropped().empty());
}

TEST_F(NetworkFaultTest, RulesOfADeadCitusbenchAreRemovedByWhoeverFindsItsFolder) {
    if (!find_packet_tool()) GTEST_SKIP() << find_packet_tool().why_not;
    PacketRules(cluster_->folder()).drop(find_packet_tool(), {node("worker2").port});
    EXPECT_FALSE(answers("worker2", 200ms));
    PacketRules(cluster_->folder()).remove_all();
    EXPECT_TRUE(answers("worker2"));
    PacketRules(cluster_->folder()).remove_all(); // nothing there: nothing happens
}

TEST_F(NetworkFaultTest, APostmasterDiesAloneAndItsNodeComesBackWithBusyBackEndsLeft) {
    pg::Client busy(cluster_->conninfo(node("worker2")), test::no_stop);
    ASSERT_TRUE(PQsendQuery(busy.get(), "select sum(g) from generate_series(1, 1000000000) g"));
    std::this_thread::sleep_for(50ms);
    const auto fault = make("postmaster:worker2");
    fault->inject();
    EXPECT_FALSE(answers("worker2", 500ms));
    EXPECT_TRUE(PQconsumeInput(busy.get()) && PQisBusy(busy.get())) << "a busy back end goes on";
    fault->heal();
    EXPECT_TRUE(answers("worker2"));
}

} // namespace
} // namespace citusbench
