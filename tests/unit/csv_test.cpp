#include "report/outputs.hpp"

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "record/csv_text.hpp"
#include "record/summarize.hpp"
#include "support/not_empty.hpp"
#include "unit/golden.hpp"
#include "unit/sample_run.hpp"

namespace citusbench {
namespace {

using test::expect_golden;
using test::read_text;
using test::sample_run;
using test::TemporaryFolder;
using Row = std::map<std::string, std::string>;

std::vector<Row> parse_rows(const std::string& text) {
    std::size_t at = 0;
    const auto header = split_csv_record(text, at).value();
    std::vector<Row> rows;
    while (at < text.size()) {
        const auto cells = split_csv_record(text, at).value();
        EXPECT_EQ(cells.size(), header.size());
        Row row;
        for (std::size_t i = 0; i < cells.size(); ++i) row[header[i]] = cells[i];
        rows.push_back(row);
    }
    return rows;
}

std::string written_csv(const RunRecord& record, const std::string& file) {
    const TemporaryFolder folder;
    make_csv()->finish(record, folder.path());
    return read_text(folder.path() / file);
}

TEST(Csv, FilesAreAsTheContractSays) {
    const TemporaryFolder folder;
    make_csv()->finish(sample_run(), folder.path());
    for (const auto* file : {"summary.csv", "timeline.csv", "events.csv", "errors.csv"})
        expect_golden(std::string("report/") + file, read_text(folder.path() / file));
}

TEST(Csv, TheSumRuleHoldsInEveryRow) {
    for (const auto* file : {"summary.csv", "timeline.csv"}) {
        const auto rows = parse_rows(written_csv(sample_run(), file));
        ASSERT_FALSE(rows.empty());
        for (const auto& row : rows) {
            const auto number = [&](const char* name) { return std::stoull(row.at(name)); };
            EXPECT_EQ(number("scheduled"),
                      number("ok") + number("failed") + number("unknown") + number("skipped"));
        }
    }
}

TEST(Csv, SumsAreTheSumsOfTheirOperations) {
    std::map<std::string, std::map<std::string, std::uint64_t>> scheduled;
    for (const auto& row : test::not_empty(parse_rows(written_csv(sample_run(), "summary.csv"))))
        scheduled[row.at("phase")][row.at("operation")] = std::stoull(row.at("scheduled"));
    ASSERT_EQ(scheduled.size(), 3U);
    for (auto& [name, of] : scheduled) {
        EXPECT_EQ(of["all"], of["post"] + of["latest"] + of["unread"]) << name;
        EXPECT_EQ(of["read"], of["latest"] + of["unread"]) << name;
        EXPECT_EQ(of["write"], of["post"]) << name;
    }
}

TEST(Csv, WarmupAndOperationsNeverCalledForStayOutOfTheSummary) {
    for (const auto& row : test::not_empty(parse_rows(written_csv(sample_run(), "summary.csv")))) {
        EXPECT_NE(row.at("phase"), "warmup");
        EXPECT_NE(row.at("operation"), "page");
    }
}

TEST(Csv, ReadAndWriteRowsAreLeftOutWhereNoneWasScheduled) {
    auto record = sample_run();
    for (auto& phase : record.phases) {
        phase.operations[1] = {};
        phase.operations[2] = {};
    }
    for (const auto& row : test::not_empty(parse_rows(written_csv(record, "summary.csv"))))
        EXPECT_NE(row.at("operation"), "read");
}

TEST(Csv, AValueThatDoesNotExistIsAnEmptyCell) {
    auto record = sample_run();
    record.labels.rate_target.reset();
    record.phases[2].to_s = record.phases[2].from_s;
    bool seen = false;
    for (const auto& row : test::not_empty(parse_rows(written_csv(record, "summary.csv")))) {
        EXPECT_EQ(row.at("rate_target"), "");
        if (row.at("phase") != "during") continue;
        EXPECT_EQ(row.at("ok_per_s"), "");
        if (row.at("operation") != "unread") continue;
        seen = true;
        for (const auto& [column, cell] : row)
            if (column.ends_with("_us")) {
                EXPECT_EQ(cell, "") << column;
            }
    }
    EXPECT_TRUE(seen);
}

TEST(Csv, APhaseThatCameSeveralTimesIsAsLongAsAllOfThem) {
    auto record = sample_run();
    record.phases[2].length_s = 5; // from 20 s to 32.5 s, with others in between
    int found = 0;
    for (const auto& row : test::not_empty(parse_rows(written_csv(record, "summary.csv")))) {
        if (row.at("phase") != "during" || row.at("operation") != "all") continue;
        ++found;
        EXPECT_EQ(row.at("phase_s"), "5.000");
        EXPECT_EQ(row.at("ok_per_s"), "80.000");
    }
    EXPECT_EQ(found, 1);
}

TEST(Csv, HistogramBucketsAddUpToTheCountsOfEveryOutcome) {
    const auto record = sample_run();
    std::map<std::string, std::uint64_t> found;
    for (const auto& row : parse_rows(written_csv(record, "histogram.csv"))) {
        EXPECT_LT(std::stod(row.at("from_us")), std::stod(row.at("to_us")));
        const auto key = row.at("phase") + '/' + row.at("operation") + '/' + row.at("outcome");
        found[key + '/' + row.at("clock")] += std::stoull(row.at("count"));
    }
    for (const auto& phase : record.phases) {
        for (std::size_t kind = 0; kind < phase.operations.size(); ++kind) {
            for (std::size_t i = 0; i < outcome_count; ++i) {
                const auto key = phase.name + '/' + record.operations[kind].name + '/' +
                                 std::string(outcome_names[i]);
                const auto expected = phase.operations[kind].outcomes[i];
                EXPECT_EQ(found[key + "/response"], expected) << key;
                const bool was_sent = i != index_of(Outcome::skipped);
                EXPECT_EQ(found[key + "/service"], was_sent ? expected : 0) << key;
            }
        }
    }
}

TEST(Csv, LatenciesAreThoseOfOkOperations) {
    int found = 0;
    for (const auto& row : test::not_empty(parse_rows(written_csv(sample_run(), "summary.csv")))) {
        if (row.at("phase") != "during" || row.at("operation") != "latest") continue;
        ++found;
        EXPECT_EQ(row.at("response_max_us"), "1590.000"); // the failed one took 5 s
        EXPECT_EQ(row.at("service_max_us"), "1490.000");
    }
    EXPECT_EQ(found, 1);
}

TEST(Csv, SamplesOfNodesCountFromTheStartOfMeasuring) {
    auto record = sample_run();
    record.monitor.add(1'500'000'000, "coordinator", "up", 1);
    record.monitor.add(1'500'000'000, "worker1", "replication_lag_s", 0.25);
    record.monitor.add(2'500'000'000, "worker1", "wal_bytes", 123'456'789'012);
    record.monitor.set_zero(2'000'000'000);
    EXPECT_EQ(written_csv(record, "monitor.csv"), "elapsed_s,node,metric,value\n"
                                                  "-0.500,coordinator,up,1\n"
                                                  "-0.500,worker1,replication_lag_s,0.25\n"
                                                  "0.500,worker1,wal_bytes,123456789012\n");
    const TemporaryFolder folder;
    make_csv()->finish(sample_run(), folder.path());
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "monitor.csv")) << "nothing was sampled";
}

TEST(Csv, AFullDiskIsAnError) {
    const TemporaryFolder folder;
    std::filesystem::create_symlink("/dev/full", folder.path() / "events.csv");
    try {
        make_csv()->finish(sample_run(), folder.path());
        FAIL() << "nothing was noticed";
    } catch (const RunError& error) {
        EXPECT_NE(std::string(error.what()).find("events.csv: No space left on device"),
                  std::string::npos)
            << error.what();
    }
}

TEST(CsvText, FieldsAreQuotedAndReadBackTheSame) {
    const std::vector<std::string> fields = {"plain",      "",       "a,b", "say \"so\"",
                                             "two\nlines", "cr\r\n", " "};
    const auto line = csv_line(fields);
    EXPECT_EQ(line, "plain,,\"a,b\",\"say \"\"so\"\"\",\"two\nlines\",\"cr\r\n\", \n");
    std::size_t at = 0;
    EXPECT_EQ(split_csv_record(line, at), fields);
    EXPECT_EQ(at, line.size());
}

TEST(CsvText, BrokenQuotesAreNotARecord) {
    for (const auto* text : {"\"open", "a\"b,c\n", "\"a\"b,c\n", "\"a\"\"\n"}) {
        std::size_t at = 0;
        EXPECT_FALSE(split_csv_record(text, at)) << text;
    }
}

TEST(CsvText, NumbersHaveFixedDecimalsAndNoNegativeZero) {
    EXPECT_EQ(csv_number(1234.5678, 3), "1234.568");
    EXPECT_EQ(csv_number(-0.0001, 3), "0.000");
    EXPECT_EQ(csv_number(-2.5, 1), "-2.5");
    EXPECT_EQ(csv_number(std::nullopt, 1), "");
    EXPECT_EQ(csv_number(std::nan(""), 1), "");
    EXPECT_EQ(csv_number(3.6e9, 3), "3600000000.000");
}

} // namespace
} // namespace citusbench
