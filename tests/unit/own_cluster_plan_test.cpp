#include <gtest/gtest.h>

#include "cli/make_plan.hpp"
#include "core/error.hpp"
#include "support/state_folder.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;
using Args = std::vector<std::string>;

/// Plans with a cluster of their own; nothing of it is started, but PostgreSQL must be installed.
class OwnClusterPlanTest : public testing::Test {
  protected:
    void SetUp() override {
        try {
            find_local_postgres();
        } catch (const std::exception& error) {
            GTEST_SKIP() << error.what();
        }
    }

    static Plan plan(const Args& options) {
        Args args = {"--workload", "chat", "--engine", "fdw"};
        args.insert(args.end(), options.begin(), options.end());
        return make_plan(parse_run_options(args), args);
    }

    static std::string refusal(const Args& options) {
        try {
            plan(options);
        } catch (const UsageError& error) {
            return error.what();
        }
        return "was taken";
    }

    static void expect_refusal(const Args& options, const Args& parts) {
        const auto text = refusal(options);
        for (const auto& part : parts)
            EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
    }

    test::StateFolder state_;
};

TEST_F(OwnClusterPlanTest, KillIsShortForACrash) {
    const auto made = plan({"--kill", "worker1,worker2", "--fault", "pause:coordinator@3s+1s"});
    ASSERT_EQ(made.faults.size(), 2U);
    EXPECT_EQ(made.faults[0].to_string(), "crash:worker1,worker2");
    EXPECT_EQ(made.faults[1].to_string(), "pause:coordinator@3s+1s");
    EXPECT_EQ(made.before, 20s);
    EXPECT_EQ(made.during, 20s);
    EXPECT_EQ(made.after, 20s);
    EXPECT_TRUE(made.heal);
    EXPECT_EQ(made.topology, "active-active");
    EXPECT_EQ(made.cluster.value().workers, 4);
    EXPECT_EQ(made.cluster.value().replication, 1);
}

TEST_F(OwnClusterPlanTest, AnUnknownNodeIsRefusedWithTheNamesThatThereAre) {
    expect_refusal({"--kill", "worker9"},
                   {"--kill worker9", "'worker9'", "coordinator, worker1, worker2", "worker4"});
    expect_refusal({"--workers", "2", "--fault", "stop:worker3"}, {"worker3", "worker2"});
    expect_refusal({"--fault", "meteor:worker1"}, {"--fault meteor:worker1", "crash", "pause"});
    expect_refusal({"--fault", "crash:worker1:20ms"}, {"--fault crash:worker1:20ms", "slow"});
    expect_refusal({"--fault", "crash"}, {"--fault crash", "KIND:NODE"});
    expect_refusal({"--kill", ""}, {"--kill"});
}

TEST_F(OwnClusterPlanTest, OptionsThatContradictEachOtherAreRefused) {
    expect_refusal({"--kill", "worker1", "--duration", "5s"}, {"--duration 5s", "--before"});
    expect_refusal({"--kill", "worker1", "--no-heal", "--after", "5s"}, {"--after", "--no-heal"});
    expect_refusal({"--kill", "worker1", "--during", "0"}, {"--during 0", "above zero"});
    expect_refusal({"--kill", "worker1", "--during", "x"}, {"--during x", "500ms, 20s or 2m"});
    EXPECT_FALSE(plan({"--kill", "worker1", "--no-heal"}).heal);
}

TEST_F(OwnClusterPlanTest, ClustersThatCannotBeAreRefused) {
    expect_refusal({"--engine", "oracle"}, {"--engine"}); // twice
    expect_refusal({"--topology", "ring"}, {"--topology ring", "single", "active-active"});
    expect_refusal({"--workers", "0"}, {"--workers 0"});
    expect_refusal({"--replication", "0"}, {"--replication 0"});
    expect_refusal({"--replication", "2"}, {"--replication 2"}); // fdw has one copy
}

TEST_F(OwnClusterPlanTest, ACitusClusterCannotHaveMoreCopiesThanWorkers) {
    if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    const Args args = {"--workload",    "chat", "--engine",  "citus",
                       "--replication", "3",    "--workers", "2"};
    EXPECT_THROW(make_plan(parse_run_options(args), args), UsageError);
}

TEST_F(OwnClusterPlanTest, ASlowNodeGetsAProxyAndNoOtherDoes) {
    const auto made = plan({"--fault", "slow:worker2,coordinator:20ms", "--fault", "crash:worker1",
                            "--fault", "slow:worker2:5ms@30s"});
    EXPECT_EQ(made.cluster.value().proxied, (Args{"worker2", "coordinator"}));
    EXPECT_TRUE(plan({"--kill", "worker1"}).cluster.value().proxied.empty());
}

TEST_F(OwnClusterPlanTest, APartitionTakesAProxyWherePacketRulesAreNotAllowed) {
    const std::string path = getenv("PATH");
    setenv("PATH", "/nowhere", 1);
    EXPECT_EQ(plan({"--fault", "partition:worker2"}).cluster.value().proxied, Args{"worker2"});
    expect_refusal({"--fault", "partition:worker2", "--keep"},
                   {"--keep", "--fault partition:worker2", "leave --keep out", "neither nft nor"});
    setenv("PATH", path.c_str(), 1);
}

TEST_F(OwnClusterPlanTest, DelaysBelongToSlowAlone) {
    expect_refusal({"--fault", "slow:worker2"},
                   {"--fault slow:worker2", "above 0", "slow:worker2:20ms"});
    expect_refusal({"--fault", "slow:worker2:0ms"}, {"above 0"});
    expect_refusal({"--fault", "partition:worker2:20ms"}, {"only slow has a delay"});
}

TEST_F(OwnClusterPlanTest, AClusterThatStaysCannotHaveProxies) {
    expect_refusal({"--fault", "slow:worker2:20ms", "--keep"},
                   {"--keep", "--fault slow:worker2:20ms", "leave --keep out"});
}

TEST_F(OwnClusterPlanTest, DualClusterRoutesByHashAndHasItsOwnNumbers) {
    const auto made = plan({"--topology", "dual-cluster"});
    EXPECT_EQ(made.route, Route::hash);
    EXPECT_EQ(made.cluster->clusters, 2);
    EXPECT_EQ(made.cluster->workers, 3);
    const auto three =
        plan({"--topology", "dual-cluster", "--clusters", "3", "--workers", "1", "-c", "3"});
    EXPECT_EQ(three.cluster->clusters, 3);
    EXPECT_EQ(find_topology("dual-cluster")->nodes(*three.cluster).size(), 6U);
    expect_refusal({"--topology", "dual-cluster", "--route", "round-robin"},
                   {"--route round-robin", "different rows", "use hash"});
    expect_refusal({"--topology", "dual-cluster", "--clusters", "9"},
                   {"--clusters 9", "between 1 and 8"});
    expect_refusal({"--clusters", "2"}, {"--clusters 2", "--topology dual-cluster"});
    expect_refusal({"--route", "hash"}, {"--route hash", "--topology dual-cluster"});
    expect_refusal({"--topology", "dual-cluster", "--kill", "worker1"},
                   {"--kill worker1", "a.worker1", "b.coordinator"});
    EXPECT_EQ(plan({"--topology", "dual-cluster", "--kill", "b.worker3"}).faults.size(), 1U);
}

TEST_F(OwnClusterPlanTest, WeightsMayNameTheNodes) {
    EXPECT_EQ(plan({"--weights", "coordinator=5"}).entry_weights, (std::vector<unsigned>{5}));
    expect_refusal({"--weights", "worker1=5"}, {"--weights worker1=5", "use coordinator"});
}

} // namespace
} // namespace citusbench
