#include "pg/copy_rows.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "core/error.hpp"

namespace citusbench::pg {
namespace {

const std::string header("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
const std::string trailer("\377\377");

CopyBuffer row(std::int64_t id, std::string_view text) {
    CopyBuffer buffer;
    buffer.begin_row(3);
    buffer.add_int8(id);
    buffer.add_null();
    buffer.add_text(text);
    return buffer;
}

std::string copied_bytes(const CopyBuffer& buffer) {
    return {buffer.data(), buffer.size()};
}

TEST(CopyRows, RowsComeOutAsTheyWereMadeHoweverTheStreamIsCut) {
    const auto first = copied_bytes(row(1, "one"));
    const auto second = copied_bytes(row(-2, ""));
    const auto stream = header + first + second + trailer;
    for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
        CopySplitter splitter;
        std::vector<std::string> rows;
        for (std::size_t at = 0; at < stream.size(); at += piece)
            splitter.feed(std::string_view(stream).substr(at, piece),
                          [&](std::string_view one) { rows.emplace_back(one); });
        EXPECT_EQ(rows, (std::vector<std::string>{first, second})) << "pieces of " << piece;
        EXPECT_TRUE(splitter.ended());
    }
}

TEST(CopyRows, AnEmptyTableIsAHeaderAndATrailer) {
    CopySplitter splitter;
    splitter.feed(header + trailer, [](std::string_view) { ADD_FAILURE() << "a row"; });
    EXPECT_TRUE(splitter.ended());
}

TEST(CopyRows, AnotherFormatIsRefused) {
    CopySplitter splitter;
    EXPECT_THROW(splitter.feed("1\tone\n2\ttwo\n3\tthree\n", [](std::string_view) {}), RunError);
}

TEST(CopyRows, FieldsAreReadByNumberAndANullHasNoBytes) {
    const auto one = copied_bytes(row(77, "seven"));
    EXPECT_EQ(field_int8(CopyFields::at(one, 0)), 77);
    EXPECT_EQ(field_bytes(CopyFields::at(one, 1)), std::nullopt);
    EXPECT_EQ(field_bytes(CopyFields::at(one, 2)), "seven");
    EXPECT_EQ(field_int8(CopyFields::at(one, 2)), std::nullopt) << "not eight bytes long";
    EXPECT_TRUE(CopyFields::at(one, 3).empty());
}

} // namespace
} // namespace citusbench::pg
