#include <gtest/gtest.h>

#include "support/run_fixture.hpp"

namespace citusbench {
namespace {

/// What no check may take for a loss: a healthy cluster whose node crashes again and again.
class ManyCrashesTest : public test::RunFixture {
  protected:
    void expect_twenty_survived(test::Options more) const {
        more.insert({{"--repeat", "20"},
                     {"--before", "200ms"},
                     {"--during", "300ms"},
                     {"--after", "300ms"},
                     {"--timeout", "2s"},
                     {"--mix", "post=6,edit=2,delete=1,mark_read=1,latest=3,unread=2"},
                     {"--check-answers", "100%"},
                     {"--rate", "200"}});
        const auto finished = run(chat(more), 200);
        ASSERT_EQ(finished.code, 0) << finished.all();
        std::size_t crashes = 0;
        for (const auto& row : table("events.csv"))
            if (row["kind"] == "fault_confirmed") ++crashes;
        EXPECT_EQ(crashes, 20U);
        EXPECT_GT(summary("during", "write").count("failed") +
                      summary("during", "write").count("unknown"),
                  20U)
            << "the crashes met no write";
        expect_no_check_failed();
        for (const auto& row : table("verify.csv"))
            EXPECT_NE(row["verdict"], "unknown") << row["check"] << ": " << row["detail"];
    }
};

TEST_F(ManyCrashesTest, TwentyInARowLoseNothingOnForeignPartitions) {
    expect_twenty_survived({{"--kill", "worker2"}});
}

TEST_F(ManyCrashesTest, TwentyInARowLoseNothingOnCitus) {
    if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    expect_twenty_survived({{"--kill", "worker2"}, {"--engine", "citus"}, {"--workers", "3"}});
}

} // namespace
} // namespace citusbench
