#include "pg/conninfo.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "cli/make_plan.hpp"
#include "pg/result.hpp"

namespace citusbench::pg {
namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST(Conninfo, ReadsKeywordsAndUris) {
    const auto keywords = Conninfo::parse("host=db1 port=6432 dbname=app user='a b'");
    EXPECT_EQ(keywords.get("host"), "db1");
    EXPECT_EQ(keywords.get("user"), "a b");
    EXPECT_EQ(keywords.address(), "db1:6432");
    const auto uri = Conninfo::parse("postgresql://me:secret@db2:7000/app?sslmode=disable");
    EXPECT_EQ(uri.get("host"), "db2");
    EXPECT_EQ(uri.get("password"), "secret");
    EXPECT_EQ(uri.get("sslmode"), "disable");
    EXPECT_EQ(uri.address(), "db2:7000");
    EXPECT_EQ(Conninfo::parse("").address(), "localhost:5432");
}

TEST(Conninfo, WhatItPrintsForLibpqReadsBackTheSame) {
    const auto conninfo = Conninfo::parse(R"(host=h user='it\'s' password='a \'b\\ c')");
    const auto again = Conninfo::parse(conninfo.to_string());
    EXPECT_EQ(again.get("password"), R"(a 'b\ c)");
    EXPECT_EQ(again.get("user"), conninfo.get("user"));
}

TEST(Conninfo, TheMaskedFormHasNoSecret) {
    for (const auto* text :
         {"host=h password=secret", "host=h password='se cret secret'", "postgresql://u:secret@h/d",
          "host=h sslpassword=secret", "password='secret\\'secret'"}) {
        const auto masked = Conninfo::parse(text).masked();
        EXPECT_FALSE(contains(masked, "cret")) << masked;
        EXPECT_TRUE(contains(masked, "***")) << masked;
    }
}

TEST(Conninfo, ACopyOutlivesItsOriginal) {
    Conninfo copy;
    {
        const auto original =
            Conninfo::parse("host=a-host-name-that-is-not-stored-inside-a-string");
        copy = original;
    }
    copy.set("port", "1");
    EXPECT_EQ(copy.get("host"), "a-host-name-that-is-not-stored-inside-a-string");
    EXPECT_EQ(copy.to_string(), "host='a-host-name-that-is-not-stored-inside-a-string' port='1'");
}

TEST(Conninfo, NonsenseIsRefusedWithLibpqsMessage) {
    EXPECT_THROW(Conninfo::parse("host"), std::invalid_argument);
    EXPECT_THROW(Conninfo::parse("colour=red"), std::invalid_argument);
    EXPECT_THROW(Conninfo::parse("postgresql://[::1/d"), std::invalid_argument);
}

TEST(OneLine, NewlinesTabsAndRunsOfThemBecomeOneSpace) {
    EXPECT_EQ(one_line("  ERROR:  no\n\tDETAIL: none\n"), "ERROR: no DETAIL: none");
    EXPECT_EQ(one_line(""), "");
    EXPECT_EQ(one_line("\n"), "");
}

TEST(OneLine, PasswordsAreMaskedHoweverTheyAreWritten) {
    for (const auto* text :
         {"host=h password=secret user=u", "password = secret", "PASSWORD=secret",
          "host=h password='secret' user=u", "password='my secret secret' user=u",
          R"(password='my \'secret\' secret' user=u)", "password=&secret",
          R"(password=my\ secret user=u)", "password='not closed secret",
          "postgresql://u:secret@h/d", "postgres://u:secret@h:5432/d?sslmode=require",
          "postgresql://:secret@h/d", "postgresql://u@h/d?password=secret&sslmode=disable",
          "sslpassword=secret", R"(could not parse "postgresql://u:secret@h")"}) {
        const auto line = one_line(text);
        EXPECT_FALSE(contains(line, "secret")) << line;
        EXPECT_TRUE(contains(line, "***")) << line;
    }
}

TEST(OneLine, WhatIsNoPasswordStays) {
    EXPECT_EQ(one_line("host=h password='x' user=u"), "host=h password=*** user=u");
    EXPECT_EQ(one_line("postgresql://u:x@h/d"), "postgresql://u:***@h/d");
    EXPECT_EQ(one_line("postgresql://u@h/d?password=x&sslmode=disable"),
              "postgresql://u@h/d?password=***&sslmode=disable");
    for (const auto* text : {"password authentication failed for user \"u\"",
                             "postgresql://h:5432/d", "postgresql://u@h:5432/d"})
        EXPECT_EQ(one_line(text), text);
}

TEST(RecordedCommandLine, CanBePastedAndHasNoPassword) {
    const std::vector<std::string> args = {"--workload",
                                           "chat",
                                           "--dsn",
                                           "host=h password='se cret'",
                                           "--dsn=postgresql://u:secret@h/d",
                                           "--label",
                                           ""};
    EXPECT_EQ(recorded_command_line(args),
              "citusbench --workload chat --dsn 'host=h password=***' "
              "'--dsn=dbname=d host=h password=*** user=u' --label ''");
}

TEST(RecordedCommandLine, AQuoteInAnArgumentIsQuotedForTheShell) {
    const std::vector<std::string> args = {"--region-where", "name = 'Oslo'"};
    EXPECT_EQ(recorded_command_line(args), R"(citusbench --region-where 'name = '\''Oslo'\''')");
}

} // namespace
} // namespace citusbench::pg
