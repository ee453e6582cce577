#include "core/enum_names.hpp"

#include <gtest/gtest.h>

namespace citusbench {
namespace {

enum class Fruit : unsigned char { apple, pear };
constexpr auto enum_names(Fruit) {
    return std::to_array<EnumName<Fruit>>({{Fruit::pear, "pear"}, {Fruit::apple, "apple"}});
}
constexpr auto old_enum_names(Fruit) {
    return std::to_array<EnumName<Fruit>>({{Fruit::apple, "pome"}});
}
static_assert(names_each_value<Fruit>(2));
static_assert(!names_each_value<Fruit>(3));

TEST(EnumNames, LeadBothWays) {
    EXPECT_EQ(name_of(Fruit::pear), "pear");
    EXPECT_EQ(enum_named<Fruit>("pear"), Fruit::pear);
    EXPECT_EQ(enum_named<Fruit>("apple"), Fruit::apple);
}

TEST(EnumNames, AnOldNameIsReadAndNeverWritten) {
    EXPECT_EQ(enum_named<Fruit>("pome"), Fruit::apple);
    EXPECT_EQ(name_of(Fruit::apple), "apple");
    EXPECT_EQ(names_of_enum<Fruit>(), "pear, apple");
}

TEST(EnumNames, AnUnknownNameIsNoValue) {
    EXPECT_EQ(enum_named<Fruit>("plum"), std::nullopt);
    EXPECT_EQ(enum_named<Fruit>(""), std::nullopt);
    EXPECT_EQ(enum_named<Fruit>("Pear"), std::nullopt);
}

TEST(EnumNames, AValueWithoutARowIsABug) {
    EXPECT_THROW(name_of(static_cast<Fruit>(7)), std::logic_error);
}

TEST(EnumNames, AreListedInTheOrderOfTheTable) {
    EXPECT_EQ(names_of_enum<Fruit>(), "pear, apple");
}

} // namespace
} // namespace citusbench
