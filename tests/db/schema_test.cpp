#include "target/schema.hpp"

#include <gtest/gtest.h>

#include "cli/make_plan.hpp"
#include "support/postgres_test.hpp"
#include "target/run_registration.hpp"

namespace citusbench {
namespace {

class SchemaTest : public test::PostgresTest {
  protected:
    /// What a run with these options would do before its load.
    PreparedSchema prepare(const std::vector<std::string>& options = {}) {
        std::vector<std::string> args = {"--workload", "chat"};
        args.insert(args.end(), options.begin(), options.end());
        if (std::find(args.begin(), args.end(), "--dsn") == args.end())
            args.insert(args.end(), {"--dsn", conninfo_});
        if (std::find(args.begin(), args.end(), "--rooms") == args.end())
            args.insert(args.end(), {"--rooms", "20"});
        const auto plan = make_plan(parse_run_options(args), args);
        const auto report_status = [](std::string_view, bool) {};
        const auto target = open_target(plan, test::no_stop, report_status);
        return prepare_schema(plan, target, test::no_stop, report_status);
    }

    /// Why such a run is refused.
    std::string refusal_of(const std::vector<std::string>& options) {
        try {
            prepare(options);
        } catch (const UsageError& error) {
            return error.what();
        }
        return "(accepted)";
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

TEST_F(SchemaTest, OtherDataIsRefusedWithBothDescriptionsAndLeftAlone) {
    prepare();
    ask("update citusbench.rooms set room_type = 77 returning 1");
    for (const auto& options : std::vector<std::vector<std::string>>{
             {"--rooms", "30"}, {"--seed", "5"}, {"--rooms", "30", "--init", "only"}}) {
        const auto refusal = refusal_of(options);
        for (const auto* part : {"rooms=20", "seed 1", "--rooms 20", "--init replace"})
            EXPECT_NE(refusal.find(part), std::string::npos) << part << ": " << refusal;
    }
    EXPECT_EQ(ask("select distinct room_type from citusbench.rooms"), "77");
    EXPECT_EQ(ask("select count(*) from citusbench.rooms"), "20");
    EXPECT_GT(prepare({"--rooms", "30", "--init", "replace"}).rows_loaded, 0U);
    EXPECT_EQ(ask("select count(*) from citusbench.rooms"), "30");
    EXPECT_GT(prepare({"--rooms", "30", "--init", "replace"}).rows_loaded, 0U) << "asked for";
}

TEST_F(SchemaTest, AnotherEngineInTheMarkerIsOtherData) {
    prepare();
    ask("update citusbench.marker set engine = 'fdw' returning 1");
    EXPECT_NE(refusal_of({}).find("engine fdw"), std::string::npos);
    EXPECT_EQ(ask("select count(*) from citusbench.rooms"), "20");
}

TEST_F(SchemaTest, ALoadThatWasCutOffIsReplacedWhenAskedFor) {
    prepare();
    ask("update citusbench.marker set loaded = false returning 1");
    ask("delete from citusbench.messages returning 1");
    EXPECT_NE(refusal_of({}).find("a load that was not finished"), std::string::npos);
    EXPECT_GT(prepare({"--init", "replace"}).rows_loaded, 0U);
    EXPECT_EQ(ask("select count(*) from citusbench.messages"), "100");
}

TEST_F(SchemaTest, InitOnlyLoadsOnce) {
    EXPECT_GT(prepare({"--init", "only"}).rows_loaded, 0U);
    EXPECT_EQ(prepare({"--init", "only"}).rows_loaded, 0U) << "it is there";
}

TEST_F(SchemaTest, NoDataIsDroppedUnderARunThatMeasures) {
    prepare();
    {
        const RunRegistration run(conninfo_, 1, test::no_stop);
        const auto refusal = refusal_of({"--rooms", "30", "--init", "replace"});
        EXPECT_NE(refusal.find("run 1 of "), std::string::npos) << refusal;
        EXPECT_NE(refusal.find("is measuring"), std::string::npos) << refusal;
        EXPECT_EQ(ask("select count(*) from citusbench.rooms"), "20");
        EXPECT_EQ(prepare().rows_loaded, 0U) << "runs on the same data may go on side by side";
        ask("update citusbench.runs set seen_at = seen_at - interval '1 min' returning 1");
        EXPECT_GT(prepare({"--init", "replace"}).rows_loaded, 0U) << "that client is gone";
    }
    prepare();
    { const RunRegistration run(conninfo_, 2, test::no_stop); }
    EXPECT_GT(prepare({"--rooms", "30", "--init", "replace"}).rows_loaded, 0U) << "it has ended";
}

TEST_F(SchemaTest, WhatDependsOnTheSchemaFromOutsideIsNotDroppedWithIt) {
    prepare();
    ask("create view public.my_rooms as select * from citusbench.rooms; select 1");
    const auto refusal = refusal_of({"--init", "replace"});
    EXPECT_NE(refusal.find("view my_rooms"), std::string::npos) << refusal;
    EXPECT_EQ(ask("select count(*) from public.my_rooms"), "20");
    ask("drop view public.my_rooms; select 1");
    ask("create table public.notes (room bigint references citusbench.rooms); select 1");
    EXPECT_NE(refusal_of({"--init", "replace"}).find("notes_room_fkey of notes"),
              std::string::npos);
    EXPECT_EQ(ask("select count(*) from citusbench.rooms"), "20");
    ask("drop table public.notes; select 1");
    EXPECT_GT(prepare({"--init", "replace"}).rows_loaded, 0U);
}

TEST_F(SchemaTest, ARoleThatMayNotMakeItsSchemaIsToldSoBeforeAnythingIsDropped) {
    prepare();
    ask("drop role if exists citusbench_guest; create role citusbench_guest login password "
        "'secret'; "
        "grant all on all tables in schema citusbench to citusbench_guest; "
        "grant usage on schema citusbench to citusbench_guest; select 1");
    auto guest = pg::Conninfo::parse(conninfo_);
    guest.set("user", "citusbench_guest");
    guest.set("password", "secret");
    const auto refusal = refusal_of({"--init", "replace", "--dsn", guest.to_string()});
    EXPECT_NE(refusal.find("citusbench_guest may not create a schema"), std::string::npos)
        << refusal;
    EXPECT_EQ(ask("select count(*) from citusbench.rooms"), "20");
    ask("drop owned by citusbench_guest; drop role citusbench_guest; select 1");
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
    prepare({"--rooms", "30", "--init", "replace"});
    EXPECT_EQ(ask("select string_agg(gold, ',') from public.rooms"), "treasure");
    EXPECT_EQ(ask("select count(*) from public.messages"), "0");
    EXPECT_EQ(ask("select count(*) from public.marker"), "0");
}

} // namespace
} // namespace citusbench
