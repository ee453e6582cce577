#include "report/outputs.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/random.hpp"
#include "stats/hdr_encoding.hpp"
#include "support/paths.hpp"

namespace citusbench {
namespace {

const std::filesystem::path reader = test::hlog_reader();

/// What the command writes to standard output.
std::string output_of(const std::string& command) {
    std::string text;
    auto* pipe = popen(command.c_str(), "r");
    if (!pipe) return text;
    char buffer[4096];
    while (const auto got = fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, got);
    EXPECT_EQ(pclose(pipe), 0) << command;
    return text;
}

/// From 200 ns to an hour, some of it in long tails and with gaps.
void fill(Histogram& histogram, std::uint64_t stream, int count) {
    Random random(7, stream, 0);
    for (int i = 0; i < count; ++i)
        histogram.record(
            static_cast<std::int64_t>((200ULL << random.below(20)) + random.below(5000)));
    histogram.record(3'600'000'000'000);
}

struct Case {
    RunRecord record;
    std::vector<Histogram> all; ///< by operation
};

Case make_case() {
    Case made;
    made.record.labels.run = "sample";
    made.record.zero_wall_us = 1'700'000'000'123'456;
    made.record.operations = {{"post", true}, {"latest", false}};
    made.all.resize(2);
    for (std::size_t operation = 0; operation < 2; ++operation)
        for (int second = 0; second < 3; ++second) {
            Histogram one;
            fill(one, operation * 10 + static_cast<std::uint64_t>(second), 5000 + 70 * second);
            made.all[operation].merge(one);
            made.record.latency_log.push_back({operation, static_cast<double>(second), 1,
                                               static_cast<double>(one.max()) / 1e6,
                                               hdr_encoding(one)});
        }
    return made;
}

/// The greatest value that HdrHistogram takes for the same as the quantile.
std::uint64_t top_of_bucket(const Histogram& histogram, double q) {
    const auto value = histogram.quantile(q);
    for (const auto& bucket : histogram.buckets())
        if (value >= bucket.from_ns && value < bucket.to_ns) return bucket.to_ns - 1;
    return 0;
}

TEST(Hlog, TheToolsOfHdrHistogramReadTheSameCountsAndPercentiles) {
    if (!std::filesystem::exists(reader / "node_modules"))
        GTEST_SKIP() << "hdr-histogram-js is not installed; scripts/test does that with npm";
    const auto made = make_case();
    const auto file = std::filesystem::temp_directory_path() / fmt::format("{}.hlog", getpid());
    std::ofstream(file) << hlog_text(made.record);
    const auto text = output_of(
        fmt::format("node {} {} 50 90 99 99.9 100", (reader / "read.mjs").string(), file.string()));
    std::filesystem::remove(file);
    const auto tags = nlohmann::json::parse(text);
    ASSERT_EQ(tags.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
        const auto& tag = tags.at(made.record.operations[i].name);
        const auto& own = made.all[i];
        EXPECT_EQ(tag.at("intervals"), 3);
        EXPECT_EQ(tag.at("count"), own.count());
        for (const auto* percentile : {"50", "90", "99", "99.9", "100"})
            EXPECT_EQ(tag.at("percentiles").at(percentile),
                      top_of_bucket(own, std::stod(percentile) / 100))
                << percentile;
    }
}

TEST(Hlog, BeginsAsTheFormatWantsAndHasATagALine) {
    const auto made = make_case();
    const auto text = hlog_text(made.record);
    EXPECT_NE(text.find("#[Histogram log format version 1.3]\n"), std::string::npos);
    EXPECT_NE(text.find("#[StartTime: 1700000000.123 (seconds since epoch), 2023-11-14T22:13:20Z]"),
              std::string::npos);
    EXPECT_NE(text.find("\nTag=latest,2.000,1.000,3600000.000,HISTF"), std::string::npos);
}

TEST(Hlog, AnEmptyHistogramIsEncodedToo) {
    EXPECT_EQ(hdr_encoding(Histogram()).substr(0, 5), "HISTF");
}

} // namespace
} // namespace citusbench
