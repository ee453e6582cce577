#include "target/schema.hpp"

#include <gtest/gtest.h>

#include "cli/make_plan.hpp"
#include "support/postgres_test.hpp"

namespace citusbench {
namespace {

class SchemaTest : public test::PostgresTest {
  protected:
    /// What a run with these options would do before its load.
    PreparedSchema prepare(const std::vector<std::string>& options = {}) {
        std::vector<std::string> args = {"--workload", "chat", "--dsn", conninfo_};
        args.insert(args.end(), options.begin(), options.end());
        if (std::find(args.begin(), args.end(), "--rooms") == args.end())
            args.insert(args.end(), {"--rooms", "20"});
        const auto plan = make_plan(parse_run_options(args), args);
        const auto report_status = [](std::string_view, bool) {};
        const auto target = open_target(plan, test::no_stop, report_status);
        return prepare_schema(plan, target, test::no_stop, report_status);
    }
};

TEST_F(SchemaTest, TheFirstRunLoadsAndIsNumberOne) {
    const auto prepared = prepare();
    EXPECT_EQ(prepared.rows_loaded, 20U + 40U + 100U);
    EXPECT_EQ(prepared.identity.run, 1U);
    EXPECT_EQ(ask("select count(*) from citusbench.messages"), "100");
}

TEST_F(SchemaTest, ASecondRunUsesTheDataAndHasTheNextNumber) {
    const auto first = prepare();
    ask("insert into citusbench.messages select room_id, 7 + (1::bigint << 43), sender_id, "
        "message_type, text, status, is_deleted, null, created_at from citusbench.messages limit 1 "
        "returning 1");
    const auto second = prepare();
    EXPECT_EQ(second.rows_loaded, 0U);
    EXPECT_EQ(second.identity.run, 2U);
    EXPECT_EQ(second.identity.load_time_us, first.identity.load_time_us);
    EXPECT_EQ(ask("select count(*) from citusbench.messages"), "101") << "loaded anew";
}

TEST_F(SchemaTest, AnotherScaleOrSeedLoadsAnew) {
    prepare();
    EXPECT_GT(prepare({"--rooms", "30"}).rows_loaded, 0U);
    EXPECT_EQ(ask("select count(*) from citusbench.rooms"), "30");
    EXPECT_GT(prepare({"--rooms", "30", "--seed", "5"}).rows_loaded, 0U);
    EXPECT_EQ(prepare({"--rooms", "30", "--seed", "5"}).rows_loaded, 0U);
}

TEST_F(SchemaTest, ALoadThatWasCutOffIsDoneAnew) {
    prepare();
    ask("update citusbench.marker set loaded = false returning 1");
    ask("delete from citusbench.messages returning 1");
    EXPECT_GT(prepare().rows_loaded, 0U);
    EXPECT_EQ(ask("select count(*) from citusbench.messages"), "100");
}

TEST_F(SchemaTest, InitOnlyLoadsEvenWhatIsThere) {
    prepare();
    EXPECT_GT(prepare({"--init", "only"}).rows_loaded, 0U);
}

TEST_F(SchemaTest, InitNeverRefusesOtherDataAndTouchesNothing) {
    EXPECT_THROW(prepare({"--init", "never"}), UsageError);
    EXPECT_EQ(ask("select count(*) from pg_namespace where nspname = 'citusbench'"), "0");
    prepare();
    EXPECT_EQ(prepare({"--init", "never"}).rows_loaded, 0U);
    EXPECT_THROW(prepare({"--init", "never", "--rooms", "21"}), UsageError);
    EXPECT_EQ(ask("select count(*) from citusbench.rooms"), "20");
}

TEST_F(SchemaTest, AStrangersSchemaIsRefusedAndLeftAlone) {
    ask("create schema citusbench; create table citusbench.rooms (gold text); "
        "insert into citusbench.rooms values ('treasure') returning 1");
    for (const auto* mode : {"auto", "only", "never"}) try {
            prepare({"--init", mode});
            FAIL() << "was taken with --init " << mode;
        } catch (const UsageError& error) {
            const std::string text = error.what();
            EXPECT_NE(text.find("citusbench.marker"), std::string::npos) << text;
            EXPECT_NE(text.find("left alone"), std::string::npos) << text;
        }
    EXPECT_EQ(ask("select string_agg(gold, ',') from citusbench.rooms"), "treasure");
    EXPECT_EQ(ask("select count(*) from pg_class where relnamespace = 'citusbench'::regnamespace"),
              "1");
}

TEST_F(SchemaTest, AStrangersTableOfTheSameNameElsewhereIsLeftAlone) {
    ask("create table public.rooms (gold text); create table public.messages (gold text); "
        "create table public.marker (gold text); "
        "insert into public.rooms values ('treasure') returning 1");
    prepare();
    prepare({"--rooms", "30"});
    EXPECT_EQ(ask("select string_agg(gold, ',') from public.rooms"), "treasure");
    EXPECT_EQ(ask("select count(*) from public.messages"), "0");
    EXPECT_EQ(ask("select count(*) from public.marker"), "0");
}

} // namespace
} // namespace citusbench
