#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "unit/orders_support.hpp"
#include "workloads/orders/scale.hpp"

namespace citusbench::orders_test {
namespace {

std::string usage_error(const Options& options) {
    try {
        make_orders(options);
    } catch (const UsageError& error) {
        return error.what();
    }
    return {};
}

TEST(Orders, DefaultsOfTheOptionsAreThoseOfTheScale) {
    EXPECT_EQ(make_orders({})->scale(), orders::Scale().to_string());
    EXPECT_EQ(make_orders({{"users", "10k"}})->scale(),
              "users=10000 orders-per-user=5 products=100");
}

TEST(Orders, RefusesScalesThatCannotBeAndNamesTheHint) {
    EXPECT_EQ(usage_error({{"users", "0"}}),
              "--users 0: must be a number between 1 and 1000000000");
    EXPECT_EQ(usage_error({{"products", "0"}}),
              "--products 0: must be a number between 1 and 1000000");
    EXPECT_TRUE(usage_error({{"users", "1M"}, {"orders-per-user", "10M"}})
                    .starts_with("--orders-per-user 10M: must be a number between 0 and 8796093"));
}

TEST(Orders, LoadedRowsHaveTheColumnsAndKeysOfTheirTable) {
    const auto workload = make_orders({{"users", "30"}});
    for (std::size_t table = 0; table < workload->tables().size(); ++table) {
        const auto& spec = workload->tables()[table];
        EXPECT_EQ(spec.create_sql.find("primary key"), std::string::npos);
        EXPECT_FALSE(spec.index_sql.empty());
        EXPECT_EQ(spec.is_reference, table == products_table);
        EXPECT_EQ(spec.colocated_with, table == orders_table ? "test_users" : "");
        EXPECT_EQ(spec.copy_columns[table == orders_table ? 1 : 0], spec.id_column);
        for (std::uint64_t row = 0; row < workload->row_count(table); ++row) {
            pg::CopyBuffer buffer;
            const auto key = workload->make_row(table, row, load_time_us, buffer);
            const auto fields = decode(buffer).at(0);
            EXPECT_EQ(fields.size(), spec.copy_columns.size());
            EXPECT_EQ(int8_of(fields[table == orders_table ? 1 : 0]),
                      static_cast<std::int64_t>(row) + 1);
            EXPECT_EQ(key.kind == RoutingKey::Kind::none, spec.is_reference);
            if (!spec.is_reference) {
                EXPECT_EQ(int8_of(fields[0]), key.number);
            }
        }
    }
}

TEST(Orders, AmountsAreQuantityTimesPriceAndTimesLieBeforeTheLoad) {
    const auto workload = make_orders({{"users", "20"}, {"products", "7"}});
    const auto products = table_rows(*workload, products_table);
    std::map<std::int64_t, std::int64_t> latest;
    std::set<std::string> statuses;
    for (const auto& row : table_rows(*workload, orders_table)) {
        const auto price = int8_of(products.at(static_cast<std::size_t>(int8_of(row[2])) - 1)[3]);
        EXPECT_EQ(int8_of(row[4]), price * integer_of<std::int32_t>(row[3]));
        EXPECT_LT(unix_us_of(row[6]), load_time_us);
        EXPECT_GT(unix_us_of(row[6]), latest[int8_of(row[0])]);
        latest[int8_of(row[0])] = unix_us_of(row[6]);
        statuses.insert(row[5].value());
    }
    EXPECT_EQ(statuses.size(), 5U);
}

TEST(Orders, TheSeedDecidesTheLoadedRows) {
    const auto rows = [](std::uint64_t seed) {
        return table_rows(*make_orders({{"users", "5"}}, seed), orders_table);
    };
    EXPECT_EQ(rows(1), rows(1));
    EXPECT_NE(rows(1), rows(2));
}

TEST(Orders, OffersItsOperationsWithTheirWeights) {
    std::string seen;
    const auto workload = make_orders({});
    for (const auto& kind : workload->operations()) {
        seen += kind.name + (kind.is_write ? "!" : "") + "=" +
                std::to_string(static_cast<int>(kind.default_weight)) + " ";
        EXPECT_EQ(kind.rows, kind.name == "place_order" ? 1 : 0);
    }
    EXPECT_EQ(seen, "place_order!=40 user_orders=30 order_by_id=10 order_details=10 "
                    "update_status!=10 revenue=0 ");
}

TEST(Orders, StatementsUseExactlyTheParametersThatOperationsCarry) {
    const auto workload = make_orders({});
    for (const auto& kind : workload->operations()) {
        const auto count = make_params(*workload, kind.name, 7).size();
        const auto uses = [&](std::size_t i) {
            return kind.sql.find("$" + std::to_string(i) + "::") != std::string::npos;
        };
        for (std::size_t i = 1; i <= count; ++i) EXPECT_TRUE(uses(i)) << kind.name << " $" << i;
        EXPECT_FALSE(uses(count + 1)) << kind.name;
    }
}

TEST(Orders, AnOperationIsAPureFunctionOfSeedRunAndIndex) {
    const auto workload = make_orders({});
    const auto again = make_orders({});
    for (const auto& kind : workload->operations()) {
        EXPECT_EQ(make_params(*workload, kind.name, 41), make_params(*again, kind.name, 41));
        if (kind.name == "revenue") continue;
        EXPECT_NE(make_params(*workload, kind.name, 41, 1),
                  make_params(*workload, kind.name, 41, 2));
        EXPECT_NE(make_params(*workload, kind.name, 41),
                  make_params(*make_orders({}, 2), kind.name, 41));
    }
}

TEST(Orders, APlacedOrderIsTheRowThatVerificationMakesAgain) {
    const auto workload = make_orders({});
    const auto session = workload->session({3, load_time_us, run_time_us});
    const auto kind = kind_of(*workload, "place_order");
    for (std::uint64_t index = 0; index < 200; ++index) {
        auto params = make_params(*workload, "place_order", index, 3);
        pg::CopyBuffer buffer;
        session->make_inserted_row(index, kind, 0, buffer);
        const auto row = decode(buffer).at(0);
        EXPECT_EQ(int8_of(params[1]), row_id(3, index));
        params.insert(params.begin() + 5, "pending");
        for (std::size_t i = 0; i < row.size(); ++i) EXPECT_EQ(row[i], params[i]) << i;
        EXPECT_EQ(session->key(index, kind).number, int8_of(params[0]));
    }
}

TEST(Orders, AnUpdateSetsTheStatusOfALoadedOrderOfItsUser) {
    const auto workload = make_orders({{"users", "25"}});
    const auto loaded = table_rows(*workload, orders_table);
    const auto session = workload->session({1, load_time_us, run_time_us});
    const auto kind = kind_of(*workload, "update_status");
    for (std::uint64_t index = 0; index < 300; ++index) {
        const auto params = make_params(*workload, "update_status", index);
        pg::CopyBuffer value;
        const auto change = session->change(index, kind, value);
        ASSERT_TRUE(change);
        EXPECT_EQ(change->table, orders_table);
        EXPECT_EQ(workload->tables()[orders_table].copy_columns[change->column], "status");
        EXPECT_EQ(loaded[change->row][0], params[0]);
        EXPECT_EQ(loaded[change->row][1], params[1]);
        EXPECT_EQ(std::string(value.data() + 4, value.size() - 4), params[2]);
    }
    const auto none = make_orders({{"orders-per-user", "0"}});
    pg::CopyBuffer value;
    EXPECT_FALSE(none->session({1, load_time_us, run_time_us})->change(1, kind, value));
    EXPECT_EQ(int8_of(make_params(*none, "order_by_id", 3)[1]), 0);
}

} // namespace
} // namespace citusbench::orders_test
