#include <gtest/gtest.h>

#include "pg/copy_rows.hpp"
#include "unit/spatial_support.hpp"

namespace citusbench::spatial {
namespace {

std::string_view param(const Operation& operation, int i) {
    return {operation.params.values()[i], static_cast<std::size_t>(operation.params.lengths()[i])};
}

/// sql/spatial/insert*.sql: $1 first id, $2 recorded_at, $3 region, then vehicle and location.
void expect_row_as_sent(const Operation& sent, std::uint64_t row, const pg::CopyBuffer& made) {
    const std::string_view bytes(made.data(), made.size());
    const auto field = [&](std::size_t column) {
        return pg::field_bytes(pg::CopyFields::at(bytes, column)).value();
    };
    EXPECT_EQ(pg::field_int8(pg::CopyFields::at(bytes, 0)), row_id(4, sent.index, row));
    EXPECT_EQ(field(1), param(sent, static_cast<int>(3 + 2 * row)));
    EXPECT_EQ(field(2), param(sent, static_cast<int>(4 + 2 * row)));
    EXPECT_EQ(field(3), param(sent, 1));
    EXPECT_EQ(field(4), param(sent, 2));
}

TEST(SpatialInserted, EveryRowIsMadeAgainAsItWasSentInAnyOrder) {
    for (const auto* schema : {"tuned", "seed"}) {
        const auto workload = workload_with({{"points", "500"}, {"schema", schema}});
        const auto sender = workload->session({4, test_load_time_us, test_load_time_us + 5});
        const auto check = workload->session({4, test_load_time_us, test_load_time_us + 5});
        for (std::uint32_t kind = 0; kind < workload->operations().size(); ++kind) {
            const auto rows = static_cast<std::uint64_t>(workload->operations()[kind].rows);
            for (std::uint64_t i = 0; i < 3 * rows; ++i) {
                const auto index = 100 + i % 3;
                const auto row = (i / 3 * 7) % rows; // jumps between inserts and rows
                Operation sent;
                sender->make(index, kind, sent);
                pg::CopyBuffer made;
                check->make_inserted_row(index, kind, row, made);
                expect_row_as_sent(sent, row, made);
            }
        }
    }
}

TEST(SpatialInserted, MakingAnotherOperationInBetweenChangesNothing) {
    const auto workload = workload_with({{"points", "500"}});
    const auto session = workload->session({4, test_load_time_us, test_load_time_us});
    constexpr std::uint32_t insert_10 = 8;
    ASSERT_EQ(workload->operations()[insert_10].name, "insert_10");
    pg::CopyBuffer before;
    session->make_inserted_row(5, insert_10, 3, before);
    Operation other;
    session->make(6, insert_10, other);
    pg::CopyBuffer after;
    session->make_inserted_row(5, insert_10, 3, after);
    EXPECT_EQ(std::string_view(before.data(), before.size()),
              std::string_view(after.data(), after.size()));
    EXPECT_THROW(session->make_inserted_row(5, insert_10, 10, after), std::logic_error);
    EXPECT_THROW(session->make_inserted_row(5, 0, 0, after), std::logic_error);
}

} // namespace
} // namespace citusbench::spatial
