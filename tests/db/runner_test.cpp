#include <gtest/gtest.h>

#include <stdexcept>

#include "run/runner.hpp"
#include "support/measures_time.hpp"
#include "support/postgres_test.hpp"
#include "verify/verify.hpp"

namespace citusbench::test {
namespace {

/// Answers "select 1", until operation number `bad` cannot be made.
class FaultyWorkload final : public Workload {
  public:
    explicit FaultyWorkload(std::uint64_t bad) : bad_(bad) {}

    std::string_view name() const override { return "faulty"; }
    std::string scale() const override { return "none"; }
    std::vector<std::string> extensions() const override { return needs; }
    const std::vector<OperationKind>& operations() const override { return kinds_; }
    const std::vector<pg::TableSpec>& tables() const override { return tables_; }
    std::uint64_t row_count(std::size_t) const override { return 0; }
    RoutingKey make_row(std::size_t, std::uint64_t, std::int64_t, pg::CopyBuffer&) const override {
        return {};
    }
    std::unique_ptr<Session> session(const RunIdentity&) const override {
        struct Faulty final : Session {
            explicit Faulty(std::uint64_t bad_index) : bad(bad_index) {}
            void make(std::uint64_t index, std::uint32_t, Operation&) override {
                if (index == bad) throw std::runtime_error("operation cannot be made");
            }
            std::uint64_t bad;
        };
        return std::make_unique<Faulty>(bad_);
    }

    std::vector<std::string> needs; ///< extensions

  private:
    std::uint64_t bad_;
    std::vector<OperationKind> kinds_{{"one", false, 1, "select 1", "", 0}};
    std::vector<pg::TableSpec> tables_;
};

class RunnerTest : public PostgresTest {
  protected:
    static Plan plan_for(const std::string& dsn, std::uint64_t bad_operation) {
        Plan plan;
        plan.workload = std::make_shared<FaultyWorkload>(bad_operation);
        plan.weights = {1};
        plan.dsns = {dsn};
        plan.connections = 4;
        plan.threads = 2;
        plan.warmup = Nanoseconds(0);
        plan.duration = std::chrono::seconds(5);
        plan.timeout = ticks_per_second;
        plan.interval = ticks_per_second;
        plan.verify = false;
        return plan;
    }
};
MEASURES_TIME(RunnerTest);

TEST_F(RunnerTest, AWorkerThatThrowsEndsTheRunAndLosesNothingItCounted) {
    const auto plan = plan_for(conninfo_, 1001);
    std::vector<std::unique_ptr<Reporter>> reporters;
    bool saved = false;
    const auto started = now_ticks();
    const int code = run_plan(plan, no_stop, reporters, "run", [&](const RunRecord& record) {
        saved = true;
        EXPECT_EQ(record.status, RunStatus::failed);
        EXPECT_EQ(record.failure, "operation cannot be made");
        ASSERT_EQ(record.phases.size(), 1U);
        EXPECT_TRUE(record.phases[0].operations[0].balanced()) << "an operation has no outcome";
        // Operation 1001 is number 500 of the second thread.
        EXPECT_GE(record.phases[0].operations[0].count(Outcome::ok), 490U);
    });
    EXPECT_TRUE(saved);
    EXPECT_EQ(code, 1);
    EXPECT_LT(to_seconds(now_ticks() - started), 4.0) << "the other worker did not stop";
}

TEST_F(RunnerTest, EveryOperationOfAQuietRunIsCountedOnce) {
    auto plan = plan_for(conninfo_, UINT64_MAX);
    plan.duration = std::chrono::seconds(1);
    plan.arrival = Constant{500};
    plan.rate = 500;
    std::vector<std::unique_ptr<Reporter>> reporters;
    bool saved = false;
    run_plan(plan, no_stop, reporters, "run", [&](const RunRecord& record) {
        saved = true;
        const auto& stats = record.phases.at(0).operations[0];
        EXPECT_EQ(stats.scheduled, 500U);
        EXPECT_TRUE(stats.balanced());
        EXPECT_EQ(stats.response[index_of(Outcome::ok)].count(), stats.count(Outcome::ok));
        EXPECT_EQ(record.status, RunStatus::complete);
    });
    EXPECT_TRUE(saved);
}

TEST_F(RunnerTest, AServerWithoutANeededExtensionIsRefusedUntouched) {
    auto plan = plan_for(conninfo_, UINT64_MAX);
    auto workload = std::make_shared<FaultyWorkload>(UINT64_MAX);
    workload->needs = {"no_such_extension"};
    plan.workload = workload;
    std::vector<std::unique_ptr<Reporter>> reporters;
    try {
        run_plan(plan, no_stop, reporters, "run",
                 [](const RunRecord&) { ADD_FAILURE() << "it ran"; });
        ADD_FAILURE() << "not refused";
    } catch (const UsageError& error) {
        EXPECT_NE(std::string(error.what()).find("has no extension no_such_extension; install"),
                  std::string::npos)
            << error.what();
    }
    EXPECT_EQ(ask("select count(*) from pg_namespace where nspname = 'citusbench'"), "0");
}

TEST_F(RunnerTest, APasswordOfTheEnvironmentDoesNotReachTheOwnCluster) {
    setenv("PGPASSWORD", "of another server", 1);
    auto plan = plan_for(cluster_->conninfo(cluster_->nodes().front()), UINT64_MAX);
    plan.duration = std::chrono::milliseconds(300);
    std::vector<std::unique_ptr<Reporter>> reporters;
    const int code = run_plan(plan, no_stop, reporters, "run", [](const RunRecord&) {});
    unsetenv("PGPASSWORD");
    EXPECT_EQ(code, 0);
}

TEST_F(RunnerTest, CtrlCWhileRowsAreLookedAtIsAnAnswerAndNoException) {
    RunDescription description;
    description.workload = std::make_shared<FaultyWorkload>(UINT64_MAX);
    description.weights = {1};
    description.ledger = std::make_shared<Ledger>();
    VerificationTarget target;
    target.entries = {{"here", conninfo_}};
    StopFlag stop;
    stop.request();
    const auto verification = verify(description, target, stop, [](std::string_view) {});
    EXPECT_FALSE(verification.holds());
    EXPECT_FALSE(verification.finished());
    EXPECT_NE(verification.narrative.front().find("interrupted"), std::string::npos);
}

} // namespace
} // namespace citusbench::test
