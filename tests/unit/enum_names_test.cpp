#include "core/enum_names.hpp"

#include <gtest/gtest.h>

#include "record/run_record.hpp"

namespace citusbench {
namespace {

enum class Colour { red, green, blue };
constexpr auto colour_names = enum_names<Colour>({{Colour::red, "red"}, {Colour::green, "green"}});

TEST(EnumNames, AnEnumeratorAndItsNameFindEachOther) {
    static_assert(colour_names.name_of(Colour::green) == "green");
    static_assert(colour_names.parse("red") == Colour::red);
    for (const auto& each : run_status_names.table)
        EXPECT_EQ(run_status_names.parse(run_status_names.name_of(each.value)), each.value);
}

TEST(EnumNames, WhatTheTableLacksIsNeverTakenForAnother) {
    EXPECT_FALSE(colour_names.parse("blue"));
    EXPECT_FALSE(colour_names.parse(""));
    EXPECT_THROW((void)colour_names.name_of(Colour::blue), std::logic_error);
}

} // namespace
} // namespace citusbench
