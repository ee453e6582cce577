#pragma once

#include <cstdlib>
#include <set>

#include <nlohmann/json.hpp>

#include "support/run_fixture.hpp"

namespace citusbench::test {

/// The first id that run 1 gives: of operation 0.
inline constexpr auto first_id = "(1::bigint << 43)";

/// A run on a kept cluster, which a test then tampers with and verifies again.
class VerifyFixture : public RunFixture {
  protected:
    using RunFixture::RunFixture;

    /// Runs chat against the cluster that is up, with what `more` adds.
    void run_chat(const Options& more = {}) {
        dsn_ = kept_conninfo();
        Options options = {{"--dsn", dsn_}, {"--duration", "300ms"}, {"--mix", "post=1"}};
        for (const auto& [name, value] : more) options[name] = value;
        const auto finished = run(chat(options));
        ASSERT_EQ(finished.code, 0) << finished.all();
        folder_ = newest_results();
    }

    Finished verify_again(const Args& more = {}) const {
        Args args = {"--verify-only", folder_.string(), "--progress", "plain"};
        args.insert(args.end(), more.begin(), more.end());
        return run(args);
    }

    CsvRow check(const std::string& name) const {
        for (const auto& row : read_csv(folder_ / "verify.csv"))
            if (row["check"] == name) return row;
        throw std::runtime_error("no check " + name);
    }

    /// Judging the run again fails, by the named checks and no other; `text` is among what is said.
    void expect_red(const std::set<std::string>& names, const std::string& text) const {
        const auto finished = verify_again();
        EXPECT_EQ(finished.code, 3) << finished.all();
        EXPECT_TRUE(finished.says(text)) << finished.all();
        std::set<std::string> failed;
        for (const auto& row : read_csv(folder_ / "verify.csv"))
            if (row["verdict"] == "fail") failed.insert(row["check"]);
        EXPECT_EQ(failed, names) << finished.all();
        const auto json = nlohmann::json::parse(read_file(folder_ / "run.json"));
        EXPECT_EQ(json["verification"]["verdict"], "fail");
        EXPECT_FALSE(json["verification"]["holds"]);
    }

    void expect_green() const {
        const auto finished = verify_again();
        EXPECT_EQ(finished.code, 0) << finished.all();
        expect_no_check_failed(folder_);
        const auto json = nlohmann::json::parse(read_file(folder_ / "run.json"));
        EXPECT_TRUE(json["verification"]["holds"]);
    }

    static std::string on_node(const std::string& node, const std::string& sql) {
        const auto kept = LocalCluster::open_kept(no_stop);
        const auto result = pg::Client(kept->conninfo(*kept->find(node)), no_stop).query(sql);
        return result.rows() > 0 && result.columns() > 0 ? std::string(result.text(0, 0)) : "";
    }
    std::string on_entry(const std::string& sql) const {
        const auto result = pg::Client(dsn_, no_stop).query(sql);
        return result.rows() > 0 && result.columns() > 0 ? std::string(result.text(0, 0)) : "";
    }
    /// An id that run 1 gave to an acknowledged message.
    std::string some_id() const {
        return on_entry(
            fmt::format("select min(id) from citusbench.messages where id >= {}", first_id));
    }

    /// Replaces a node's data directory by the copy that keep_copy() took, as a restored backup
    /// does.
    static void keep_copy(const std::string& node) {
        with_stopped(node,
                     [](const std::string& data) { return "cp -a " + data + " " + data + ".old"; });
    }
    static void restore_copy(const std::string& node) {
        with_stopped(node, [](const std::string& data) {
            return "rm -r " + data + " && mv " + data + ".old " + data;
        });
    }

    std::string dsn_;
    std::filesystem::path folder_;

  private:
    template <typename Command>
    static void with_stopped(const std::string& node, Command command) {
        const auto kept = LocalCluster::open_kept(no_stop);
        kept->stop({node});
        const auto data = (kept->folder() / "server" / node).string();
        ASSERT_EQ(std::system(command(data).c_str()), 0);
        kept->start_nodes({node});
    }
};

} // namespace citusbench::test
