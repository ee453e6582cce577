// Checks that many tests share fail where there is nothing to check.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <fstream>

#include "support/not_empty.hpp"
#include "support/run_fixture.hpp"

namespace citusbench::test {
namespace {

constexpr auto counts_header =
    "phase,operation,key_group,entry,scheduled,ok,failed,unknown,skipped\n";
constexpr auto checks_header = "check,verdict,count,detail\n";

/// Files of a run that the test writes itself.
class ZeroRowsTest : public RunFixture {
  protected:
    ZeroRowsTest() { std::filesystem::create_directories(folder_); }

    void write(const std::string& file, const std::string& text) const {
        std::ofstream(folder_ / file) << text;
    }
    /// How many expectations of `checks` fail.
    template <typename Checks>
    static int failures(Checks checks) {
        testing::TestPartResultArray results;
        {
            const testing::ScopedFakeTestPartResultReporter reporter(
                testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
            checks();
        }
        return results.size();
    }

    const std::filesystem::path folder_ = results_ / "made-up";
};

TEST_F(ZeroRowsTest, AreNoConsistentFiles) {
    const std::string all = "steady,all,all,all,3,1,1,1,0\n";
    const std::string post = "steady,post,all,all,3,1,1,1,0\n";
    write("summary.csv", counts_header + all + post);
    write("timeline.csv", counts_header + all + post);
    EXPECT_EQ(failures([&] { expect_consistent_files(); }), 0);
    write("timeline.csv", counts_header);
    EXPECT_GT(failures([&] { expect_consistent_files(); }), 0);
    write("timeline.csv", counts_header + all + post);
    write("summary.csv", counts_header);
    EXPECT_GT(failures([&] { expect_consistent_files(); }), 0);
}

TEST_F(ZeroRowsTest, AreNoPassedVerification) {
    write("verify.csv", std::string(checks_header) + "lost,pass,0,\n");
    EXPECT_EQ(failures([&] { expect_no_check_failed(); }), 0);
    write("verify.csv", checks_header);
    EXPECT_EQ(failures([&] { expect_no_check_failed(); }), 1);
    write("verify.csv", std::string(checks_header) + "lost,unknown,,\n");
    EXPECT_EQ(failures([&] { expect_no_check_failed(); }), 1);
    write("verify.csv", std::string(checks_header) + "lost,pass,0,\nstale,fail,2,\n");
    EXPECT_EQ(failures([&] { expect_no_check_failed(); }), 1);
}

TEST_F(ZeroRowsTest, AreNoRangeOfALoopThatChecks) {
    const std::vector<int> none;
    EXPECT_EQ(failures([&] { not_empty(none); }), 1);
    EXPECT_EQ(failures([&] { not_empty(std::vector<int>{}); }), 1);
    const std::vector<int> some = {7};
    EXPECT_EQ(failures([&] { EXPECT_EQ(&not_empty(some), &some) << "copied"; }), 0);
}

} // namespace
} // namespace citusbench::test
