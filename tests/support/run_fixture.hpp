#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "os/process.hpp"
#include "support/csv_table.hpp"
#include "support/local_cluster.hpp"
#include "support/program.hpp"
#include "support/state_folder.hpp"

namespace citusbench::test {

/// "--name" → value; "" stands for an option without a value.
using Options = std::map<std::string, std::string>;

/// Runs of the built program with a results folder of the test's own. Its state folder is its own,
/// too, unless it is given that of its suite: then a cluster that is up stays for the next test.
class RunFixture : public testing::Test {
  protected:
    explicit RunFixture(std::shared_ptr<StateFolder> of_suite = nullptr)
        : keeps_cluster_(of_suite != nullptr),
          shared_state_(of_suite ? std::move(of_suite) : std::make_shared<StateFolder>()) {
        std::filesystem::remove_all(work_);
        std::filesystem::create_directory(work_);
    }
    ~RunFixture() override {
        // Of a test that failed half way: nothing may be left running.
        if (!keeps_cluster_) Program(work_, {"cluster", "down"}).finish(30);
    }

    /// Few rooms on a small cluster of its own, quiet; `more` adds and replaces.
    Args chat(const Options& more = {}) const {
        return line({{"--workload", "chat"}, {"--rooms", "50"}}, more);
    }
    Args spatial(const Options& more = {}) const {
        return line({{"--workload", "spatial"}, {"--points", "2000"}, {"--vehicles", "100"}}, more);
    }

    Args orders(const Options& more = {}) const {
        return line({{"--workload", "orders"}, {"--users", "50"}, {"--products", "20"}}, more);
    }

    Finished run(const Args& args, double seconds = 60) const {
        return Program(work_, args).finish(seconds);
    }

    /// A cluster that stays, of plain PostgreSQLs; its entry point.
    std::string cluster_up(int workers = 2) const {
        const auto up = run({"cluster", "up", "--engine", "fdw", "--workers",
                             std::to_string(workers), "--shards", "8"});
        EXPECT_EQ(up.code, 0) << up.all();
        return kept_conninfo();
    }
    std::string kept_conninfo() const {
        const auto kept = LocalCluster::open_kept(no_stop);
        return kept ? kept->conninfo(kept->nodes().front()) : "";
    }

    std::vector<std::filesystem::path> result_folders() const {
        std::vector<std::filesystem::path> folders;
        std::error_code none;
        for (const auto& entry : std::filesystem::directory_iterator(results_, none))
            folders.push_back(entry.path());
        std::sort(folders.begin(), folders.end());
        return folders;
    }
    std::filesystem::path newest_results() const {
        return result_folders().empty() ? results_ / "none" : result_folders().back();
    }
    CsvTable table(const std::string& file) const { return read_csv(newest_results() / file); }
    std::string run_json() const { return read_file(newest_results() / "run.json"); }

    CsvRow summary(const std::string& phase, const std::string& operation = "all",
                   const std::string& keys = "all", const std::string& entry = "all") const {
        for (const auto& row : table("summary.csv"))
            if (row["phase"] == phase && row["operation"] == operation &&
                row["key_group"] == keys && row["entry"] == entry)
                return row;
        throw std::runtime_error(
            fmt::format("no {} of {} by {} in summary.csv", operation, phase, entry));
    }
    double moment(const std::string& kind, const std::string& subject) const {
        for (const auto& row : table("events.csv"))
            if (row["kind"] == kind && row["subject"] == subject) return row.number("elapsed_s");
        throw std::runtime_error(fmt::format("no event {} {}", kind, subject));
    }
    /// Over the whole run, the warm-up included.
    std::uint64_t total(const std::string& operation, const std::string& column) const {
        std::uint64_t sum = 0;
        for (const auto& row : table("timeline.csv"))
            if (row["operation"] == operation && row["key_group"] == "all" && row["entry"] == "all")
                sum += row.count(column);
        return sum;
    }

    /// The sum rule in every row, and all files agree.
    void expect_consistent_files() const {
        using Key = std::pair<std::string, std::string>;
        std::map<Key, std::map<std::string, std::uint64_t>> intervals;
        const auto columns = {"scheduled", "ok", "failed", "unknown", "skipped"};
        for (const auto* file : {"summary.csv", "timeline.csv"}) {
            const auto rows = table(file);
            EXPECT_GT(rows.size(), 0U) << file << " has no rows";
            for (const auto& row : rows)
                EXPECT_EQ(row.count("scheduled"), row.count("ok") + row.count("failed") +
                                                      row.count("unknown") + row.count("skipped"))
                    << file << " " << row["phase"] << " " << row["operation"];
        }
        for (const auto& row : table("timeline.csv"))
            for (const auto* column : columns)
                intervals[{row["phase"] + row["key_group"] + row["entry"], row["operation"]}]
                         [column] += row.count(column);
        std::size_t compared = 0;
        for (const auto& row : table("summary.csv")) {
            EXPECT_NE(row["phase"], "warmup");
            if (row["operation"] == "read" || row["operation"] == "write") continue;
            ++compared;
            for (const auto* column : columns)
                EXPECT_EQ(row.count(column),
                          (intervals[{row["phase"] + row["key_group"] + row["entry"],
                                      row["operation"]}][column]))
                    << row["phase"] << " " << row["operation"] << " " << column;
        }
        // "all" and one operation at least.
        EXPECT_GE(compared, 2U) << "summary.csv has too few rows to compare";
    }

    /// Rows were compared, and no check of verify.csv in `folder` says "fail".
    static void expect_no_check_failed(const std::filesystem::path& folder) {
        bool has_compared = false;
        for (const auto& row : read_csv(folder / "verify.csv")) {
            EXPECT_NE(row["verdict"], "fail") << row["check"] << ": " << row["detail"];
            has_compared = has_compared || (row["check"] == "lost" && row["verdict"] == "pass");
        }
        EXPECT_TRUE(has_compared) << "no row was looked for, says " << folder / "verify.csv";
    }
    void expect_no_check_failed() const { expect_no_check_failed(newest_results()); }

    std::string count_of_posts(const std::string& conninfo, int run_number = 1) const {
        return ask(conninfo, fmt::format("select count(*) from citusbench.messages where "
                                         "id >= {0}::bigint << 43 and id < ({0}::bigint + 1) << 43",
                                         run_number));
    }

    /// No folder of a cluster, and no process that lives in one.
    void expect_nothing_left() const {
        for (const auto& entry : std::filesystem::directory_iterator(state_.path()))
            if (entry.path() != work_) {
                EXPECT_FALSE(entry.is_directory())
                    << entry.path()
                    << " is left; the last one said: " << tail_of(work_ / "stderr.txt");
            }
        std::error_code gone;
        for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
            const auto folder = std::filesystem::read_symlink(entry.path() / "cwd", gone);
            if (gone) continue;
            EXPECT_NE(folder.string().rfind(state_.path().string(), 0), 0U)
                << entry.path() << " still runs in " << folder;
        }
    }

  private:
    bool keeps_cluster_;
    std::shared_ptr<StateFolder> shared_state_;

  protected:
    const StateFolder& state_ = *shared_state_;
    std::filesystem::path work_ = state_.path() / "test-output";
    std::filesystem::path results_ = work_ / "results";

  private:
    Args line(Options options, const Options& more) const {
        options.insert({{"--warmup", "0s"},
                        {"--progress", "plain"},
                        {"--connections", "4"},
                        {"--results", results_.string()}});
        // What shapes a local cluster; containers come as compose.yml has them.
        if (!more.contains("--dsn") && !more.contains("--runtime") && !more.contains("--cluster"))
            options.insert({{"--engine", "fdw"}, {"--workers", "2"}, {"--shards", "8"}});
        // A closed loop needs no time to find a rate.
        const bool has_fault = more.contains("--kill") || more.contains("--fault");
        if (has_fault && !more.contains("--slo")) options.insert({"--rate", "none"});
        for (const auto& [name, value] : more) options[name] = value;
        Args args;
        for (const auto& [name, value] : options) {
            args.push_back(name);
            if (!value.empty()) args.push_back(value);
        }
        return args;
    }
};

} // namespace citusbench::test
