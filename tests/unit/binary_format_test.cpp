#include <gtest/gtest.h>

#include <bit>
#include <vector>

#include "pg/copy_rows.hpp"
#include "pg/params.hpp"
#include "pg/wire.hpp"

namespace citusbench::pg {
namespace {

std::string bytes_of(const CopyBuffer& buffer) {
    return {buffer.data(), buffer.size()};
}

std::string bytes_of(const Params& params, int i) {
    return {params.values()[i], static_cast<std::size_t>(params.lengths()[i])};
}

std::string operator""_b(const char* text, std::size_t length) {
    return {text, length};
}

TEST(Wire, NumbersAreInNetworkOrderAndReadBack) {
    EXPECT_EQ(to_wire(std::int32_t{0x01020304}), (std::array<char, 4>{1, 2, 3, 4}));
    for (const std::int64_t value : {INT64_MIN, std::int64_t{-1}, std::int64_t{0}, INT64_MAX})
        EXPECT_EQ(from_wire<std::int64_t>(to_wire(value).data()), value);
    EXPECT_EQ(from_wire<std::int16_t>(to_wire(std::int16_t{-300}).data()), -300);
}

TEST(CopyBuffer, FieldsAreALengthAndTheirBytes) {
    CopyBuffer buffer;
    buffer.begin_row(3);
    buffer.add_int2(-2);
    buffer.add_null();
    buffer.add_text("hé");
    EXPECT_EQ(bytes_of(buffer), "\0\3"
                                "\0\0\0\2\xff\xfe"
                                "\xff\xff\xff\xff"
                                "\0\0\0\3h\xc3\xa9"_b);
}

TEST(CopyBuffer, EveryTypeHasTheSizeThatPostgresExpects) {
    CopyBuffer buffer;
    buffer.add_int4(1);
    EXPECT_EQ(buffer.size(), 8U);
    buffer.add_int8(1);
    EXPECT_EQ(buffer.size(), 20U);
    buffer.add_float8(1.5);
    EXPECT_EQ(from_wire<std::int64_t>(buffer.data() + 24), std::bit_cast<std::int64_t>(1.5));
    buffer.add_bool(true);
    EXPECT_EQ(buffer.size(), 37U);
    EXPECT_EQ(buffer.data()[36], 1);
    buffer.add_text("");
    EXPECT_EQ(buffer.size(), 41U);
}

TEST(CopyBuffer, TimestampsCountFromTheYear2000) {
    CopyBuffer buffer;
    buffer.add_timestamp(946'684'800'000'000 + 5);
    EXPECT_EQ(bytes_of(buffer), "\0\0\0\x08\0\0\0\0\0\0\0\5"_b);
}

TEST(CopyBuffer, AppendsAndClears) {
    CopyBuffer one;
    one.add_bool(false);
    CopyBuffer other;
    other.add_int2(7);
    one.append(other);
    EXPECT_EQ(bytes_of(one), "\0\0\0\1\0\0\0\0\2\0\7"_b);
    one.clear();
    EXPECT_EQ(one.size(), 0U);
}

TEST(Params, HoldTheSameBytesAsCopyWithoutTheLength) {
    Params params;
    params.add_int2(-2);
    params.add_int4(0x01020304);
    params.add_int8(-1);
    params.add_float8(1.5);
    params.add_bool(true);
    params.add_timestamp(946'684'800'000'000 - 1);
    params.add_text("abc");
    ASSERT_EQ(params.count(), 7);
    EXPECT_EQ(bytes_of(params, 0), "\xff\xfe"_b);
    EXPECT_EQ(bytes_of(params, 1), "\1\2\3\4"_b);
    EXPECT_EQ(bytes_of(params, 2), std::string(8, '\xff'));
    EXPECT_EQ(bytes_of(params, 3), "\x3f\xf8\0\0\0\0\0\0"_b);
    EXPECT_EQ(bytes_of(params, 4), "\1"_b);
    EXPECT_EQ(bytes_of(params, 5), std::string(8, '\xff'));
    EXPECT_EQ(bytes_of(params, 6), "abc");
}

TEST(Params, AreAllBinaryAndCanBeFilledAgain) {
    Params params;
    for (std::size_t i = 0; i < Params::max_count; ++i)
        params.add_int8(static_cast<std::int64_t>(i));
    EXPECT_EQ(params.count(), static_cast<int>(Params::max_count));
    for (int i = 0; i < params.count(); ++i) {
        ASSERT_EQ(from_wire<std::int64_t>(params.values()[i]), i);
        ASSERT_EQ(Params::formats()[i], 1);
    }
    params.clear();
    EXPECT_EQ(params.count(), 0);
}

} // namespace
} // namespace citusbench::pg
