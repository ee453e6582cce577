// Settings that people change on their servers must not make a check go red.
#include <gtest/gtest.h>

#include <array>

#include "support/verify_fixture.hpp"

namespace citusbench {
namespace {

/// Of a role or a database, with a value that differs from the default.
constexpr std::array settings_of_database = {
    "TimeZone = 'Asia/Kathmandu'",
    "DateStyle = 'German, DMY'",
    "IntervalStyle = 'iso_8601'",
    "extra_float_digits = 0",
    "bytea_output = 'escape'",
    "lc_monetary = 'C.UTF-8'",
    "lc_numeric = 'C.UTF-8'",
    "client_encoding = 'LATIN1'",
    "standard_conforming_strings = off",
    "backslash_quote = on",
    "default_transaction_isolation = 'serializable'",
    "default_transaction_deferrable = on",
    "statement_timeout = '1s'",
    "lock_timeout = '500ms'",
    "idle_in_transaction_session_timeout = '300ms'",
    "idle_session_timeout = '10s'",
    "search_path = 'pg_catalog'",
    "row_security = off",
    "work_mem = '64kB'",
    "enable_seqscan = off",
    "jit = on",
    "jit_above_cost = 0",
    "synchronous_commit = off",
    "client_min_messages = 'debug1'",
    "default_table_access_method = 'heap'",
    "array_nulls = off",
    "transform_null_equals = on",
    "max_parallel_workers_per_gather = 0",
};

class ServerSettingsTest : public test::VerifyFixture {
  protected:
    void set_everywhere(const std::string& setting) const {
        const auto kept = LocalCluster::open_kept(test::no_stop);
        for (const auto& node : kept->nodes())
            pg::Client(kept->conninfo(node), test::no_stop)
                .query("alter database citusbench set " + setting);
    }
    /// A short run with the verification of every row.
    test::Finished short_run(const test::Options& more = {}) {
        auto options = more;
        options.insert({{"--dsn", kept_conninfo()},
                        {"--rooms", "50"},
                        {"--mix", "post=5,edit=2,delete=1,mark_read=1,latest=4,unread=1"},
                        {"--rate", "200"},
                        {"--check-answers", "100%"},
                        {"--duration", "300ms"}});
        return run(chat(options));
    }
};

TEST_F(ServerSettingsTest, NoneOfThemMakesACheckRed) {
    ASSERT_EQ(run({"cluster", "up", "--topology", "single", "--engine", "fdw"}).code, 0);
    for (const auto* setting : settings_of_database) {
        set_everywhere(setting);
        const auto loaded = short_run({{"--init", "replace"}});
        EXPECT_EQ(loaded.code, 0) << setting << "\n" << loaded.all();
        const std::string name(setting, std::string_view(setting).find(' '));
        const auto kept = LocalCluster::open_kept(test::no_stop);
        pg::Client(kept->conninfo(kept->nodes().front()), test::no_stop)
            .query("alter database citusbench reset " + name);
    }
}

TEST_F(ServerSettingsTest, CopiesOnCitusAreEqualWhateverEachNodeIsSetTo) {
    if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    ASSERT_EQ(run({"cluster", "up", "--engine", "citus", "--workers", "2", "--shards", "4"}).code,
              0);
    const auto kept = LocalCluster::open_kept(test::no_stop);
    // On one node alone, as after a change that was forgotten on the others.
    pg::Client worker(kept->conninfo(*kept->find("worker2")), test::no_stop);
    for (const auto* setting :
         {"timezone = 'Asia/Tokyo'", "datestyle = 'German'", "extra_float_digits = 0",
          "bytea_output = 'escape'", "intervalstyle = 'sql_standard'"})
        worker.query(std::string("alter system set ") + setting);
    worker.query("select pg_reload_conf()");
    const auto finished = short_run();
    EXPECT_EQ(finished.code, 0) << finished.all();
    std::size_t compared = 0;
    for (const auto& row : table("verify.csv")) {
        if (row["check"] != "replicas_diverged") continue;
        EXPECT_EQ(row["verdict"], "pass") << row["detail"];
        ++compared;
    }
    EXPECT_EQ(compared, 1U);
}

} // namespace
} // namespace citusbench
