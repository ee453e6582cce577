#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/run_fixture.hpp"

namespace citusbench {
namespace {

/// Two processes make one load, and merge makes one run of theirs.
class MergeTest : public test::RunFixture {
  protected:
    /// One of the two processes.
    test::Args part(int index, std::int64_t start_s, const test::Options& more = {}) const {
        test::Options options = {{"--dsn", kept_conninfo()},
                                 {"--shard-of", fmt::format("{}/2", index)},
                                 {"--start-at", std::to_string(start_s)},
                                 {"--duration", "2s"},
                                 {"--rate", "400"},
                                 {"--arrival", "constant"},
                                 {"--label", fmt::format("part{}", index)}};
        for (const auto& [name, value] : more) options[name] = value;
        return chat(options);
    }
    std::string folder_of(const std::string& label) const {
        for (const auto& folder : result_folders())
            if (folder.string().ends_with(label)) return folder.string();
        return "none";
    }
    static std::int64_t soon() { return wall_clock_us() / 1'000'000 + 5; }

    /// Both parts at once, on the cluster that is up.
    void run_both(const test::Options& more = {}) const {
        const auto start = soon();
        test::Program first(work_, part(1, start, more));
        test::Program second(work_, part(2, start, more));
        const auto one = first.finish();
        const auto two = second.finish();
        ASSERT_EQ(one.code, 0) << one.all();
        ASSERT_EQ(two.code, 0) << two.all();
    }
    std::uint64_t ok_of(const std::string& folder) const {
        std::uint64_t sum = 0;
        for (const auto& row : test::read_csv(std::filesystem::path(folder) / "summary.csv"))
            if (row["operation"] == "all") sum += row.count("ok");
        return sum;
    }
};

TEST_F(MergeTest, TwoClientsRunsBecomeOneThatHolds) {
    cluster_up();
    run_both();
    const auto one = folder_of("part1");
    const auto two = folder_of("part2");
    const auto merged =
        run({"merge", one, two, "--dsn", kept_conninfo(), "--results", results_.string()});
    ASSERT_EQ(merged.code, 0) << merged.all();
    const std::filesystem::path folder = folder_of("merged");
    ASSERT_EQ(ok_of(folder), ok_of(one) + ok_of(two));
    EXPECT_EQ(ok_of(folder), 800U) << "the rate is that of the whole load";
    // Both began at the same moment by the server's clock.
    const auto json = [](const std::filesystem::path& from, const char* file) {
        return nlohmann::json::parse(test::read_file(from / file));
    };
    const auto zero = [&](const std::string& from) {
        return json(from, "part.json")["zero_wall_us"].get<std::int64_t>();
    };
    EXPECT_NEAR(static_cast<double>(zero(one)), static_cast<double>(zero(two)), 20'000);
    EXPECT_EQ(json(folder, "run.json")["clients"].size(), 2U);
    EXPECT_EQ(json(folder, "run.json")["labels"]["connections"], 8);
    expect_no_check_failed(folder);
    // One row of the other client's is missed as well as one's own.
    test::ask(kept_conninfo(), "with gone as (delete from citusbench.messages where id = (select "
                               "max(id) from citusbench.messages) returning 1) select 1");
    EXPECT_EQ(run({"--verify-only", folder.string(), "--dsn", kept_conninfo()}).code, 3);
}

TEST_F(MergeTest, WhatIsNotOneLoadIsRefused) {
    cluster_up();
    run_both();
    const auto one = folder_of("part1");
    const auto two = folder_of("part2");
    const auto refused = [&](const test::Args& args, const std::string& text) {
        const auto finished = run(args);
        EXPECT_EQ(finished.code, 2) << finished.all();
        EXPECT_TRUE(finished.says(text)) << finished.all();
    };
    refused({"merge", one}, "at least two runs");
    refused({"merge", one, one}, "part 1 comes twice");
    refused({"merge", one, work_.string()}, "it has no run.json");
    ASSERT_EQ(
        run(chat({{"--dsn", kept_conninfo()}, {"--duration", "200ms"}, {"--label", "alone"}})).code,
        0);
    refused({"merge", one, folder_of("alone")}, "it has no part.json");
    const auto late = run(part(1, wall_clock_us() / 1'000'000 - 60));
    EXPECT_EQ(late.code, 1) << late.all();
    EXPECT_TRUE(late.says("use a later time")) << late.all();
}

} // namespace
} // namespace citusbench
