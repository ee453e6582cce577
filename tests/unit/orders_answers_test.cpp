#include <gtest/gtest.h>

#include "unit/orders_support.hpp"

namespace citusbench::orders_test {
namespace {

TEST_F(OrdersAnswersTest, WhatWasLoadedAndAcknowledgedIsRight) {
    for (std::uint64_t i = 0; i < 2000; ++i) place(i, 10, 20);
    for (std::int64_t user = 1; user <= 20; ++user) {
        EXPECT_EQ(check_list(user, latest_of(user)), "");
        EXPECT_EQ(check("order_details", index_of(user, "order_details"), details_of(user)), "");
    }
    EXPECT_EQ(check("revenue", 1, revenue()), "");
    for (std::uint64_t index = 0; index < 50; ++index) {
        const auto p = params_of(operation("order_by_id", index));
        auto rows = orders_of(int8_of(p[0]));
        std::erase_if(rows, [&](const auto& row) { return *row[0] != p[1]; });
        EXPECT_EQ(check("order_by_id", index, rows), "");
        expect_says(check("order_by_id", index, {}), "is missing");
        rows[0][3]->back() ^= 1;
        expect_says(check("order_by_id", index, rows), "wrong amount");
    }
}

TEST_F(OrdersAnswersTest, AMissingOrderIsFound) {
    const auto first = index_of(7, "place_order");
    place(first, 10, 20);
    auto rows = latest_of(7);
    rows.erase(rows.begin());
    expect_says(check_list(7, rows), "user 7: order " + std::to_string(row_id(1, first)));
    expect_says(check_list(7, rows), "is missing, acknowledged 980 ns before");
    rows = latest_of(7);
    rows.pop_back();
    expect_says(check_list(7, rows), "loaded order 31 is missing");
    EXPECT_NE(check_list(7, {}), "");
}

TEST_F(OrdersAnswersTest, OfAFullPageOnlyWhatRanksAboveItsEndMustBeThere) {
    for (std::uint64_t i = 0; i < 2000; ++i) place(i, 10, 20);
    ASSERT_GT(orders_of(3).size(), 60U);
    auto rows = orders_of(3);
    rows.resize(51);
    expect_says(check_list(3, rows), "51 orders");
    rows.erase(rows.begin() + 20);
    expect_says(check_list(3, rows), "is missing");
}

TEST_F(OrdersAnswersTest, WhatIsOnItsWayMayBeThereOrNot) {
    const auto a = index_of(7, "place_order");
    const auto b = index_of(7, "place_order", a + 1);
    const auto c = index_of(7, "place_order", b + 1);
    place(a, 900, 1000);  // acknowledged when the question was sent, not before
    place(b, 1050, 5000); // sent while the answer was on its way
    place(c, 10, 20, Outcome::unknown);
    for (const auto hidden : {a, b, c}) {
        EXPECT_EQ(check_list(7, latest_of(7)), "");
        EXPECT_EQ(check("revenue", 1, revenue()), "");
        std::erase(placed_, hidden);
    }
    EXPECT_EQ(check_list(7, latest_of(7)), "");
    EXPECT_EQ(check("revenue", 1, revenue()), "");
}

TEST_F(OrdersAnswersTest, AnOrderThatCannotBeThereIsFound) {
    const auto failed = index_of(7, "place_order");
    place(failed, 10, 20, Outcome::failed);
    expect_says(check_list(7, latest_of(7)), "though its write failed or was never sent");
    placed_ = {index_of(7, "place_order", failed + 1)};
    expect_says(check_list(7, latest_of(7)), "never sent");
    place(placed_.back(), 1100, 1200);
    expect_says(check_list(7, latest_of(7)), "sent only after this answer had come");
    placed_.clear();
    auto rows = latest_of(7);
    rows.insert(rows.begin(), placed_row(index_of(8, "place_order")));
    expect_says(check_list(7, rows), "was not placed by this user");
    rows = latest_of(7);
    rows[2][0] = wire<std::int64_t>(36);
    expect_says(check_list(7, rows), "order 36 is none of this user");
    rows[2][0] = wire<std::int64_t>(row_id(1, 5, 1));
    expect_says(check_list(7, rows), "no operation makes");
    rows = latest_of(7);
    std::swap(rows[1], rows[2]);
    expect_says(check_list(7, rows), "stands above the later order");
    rows = latest_of(7);
    rows.insert(rows.begin(), rows.front());
    expect_says(check_list(7, rows), "is there twice");
}

TEST_F(OrdersAnswersTest, WrongContentIsFoundInEveryColumn) {
    place(index_of(7, "place_order"), 10, 20);
    const auto right = details_of(7);
    const auto index = index_of(7, "order_details");
    EXPECT_EQ(check("order_details", index, right), "");
    const std::vector<std::string> words = {"",       "product", "quantity",    "amount",
                                            "status", "time",    "user's name", "product's name",
                                            "price"};
    for (const std::size_t row : {0U, 3U}) {
        for (std::size_t column = 1; column < words.size(); ++column) {
            auto rows = right;
            rows[row][column]->back() = static_cast<char>(rows[row][column]->back() ^ 1);
            expect_says(check("order_details", index, rows), "wrong " + words[column]);
        }
    }
}

TEST_F(OrdersAnswersTest, AStatusMayBeAnotherOnlyWhereTheMixChangesIt) {
    const auto first = index_of(7, "place_order");
    place(first, 10, 20);
    auto rows = latest_of(7);
    auto& status = rows[2][4];
    status = status == "paid" ? "shipped" : "paid";
    expect_says(check_list(7, rows), "wrong status");
    use_mix({40, 30, 10, 10, 10, 1});
    place(first, 10, 20, Outcome::ok, false);
    EXPECT_EQ(check_list(7, rows), "");
    rows[2][4] = "lost";
    expect_says(check_list(7, rows), "wrong status");
    rows = latest_of(7);
    rows[0][4] = "paid"; // nothing changes a placed order
    expect_says(check_list(7, rows), "wrong status");
}

TEST_F(OrdersAnswersTest, AWrongRevenueIsFound) {
    for (std::uint64_t i = 0; i < 50; ++i) place(i, 10, 20);
    const auto right = revenue();
    EXPECT_EQ(check("revenue", 1, right), "");
    for (const std::size_t column : {1U, 2U})
        for (const int delta : {-1, 1}) {
            auto rows = right;
            rows[1][column] = wire(int8_of(rows[1][column]) + delta);
            expect_says(check("revenue", 1, rows), delta < 0 ? "at least" : "at most");
        }
    auto rows = right;
    rows.pop_back();
    expect_says(check("revenue", 1, rows), "revenue of toys: 0 orders");
    rows = right;
    rows.push_back(rows.back());
    expect_says(check("revenue", 1, rows), "of no category");
    use_mix({40, 30, 10, 10, 10, 0});
    EXPECT_FALSE(checker_->checks(kind_of(*workload_, "revenue")));
}

class OrdersAnswersLaterRunTest : public OrdersAnswersTest {
  protected:
    OrdersAnswersLaterRunTest() : OrdersAnswersTest(2) {}
};

TEST_F(OrdersAnswersLaterRunTest, OrdersOfEarlierRunsMayBeThere) {
    place(index_of(7, "place_order"), 10, 20);
    auto rows = latest_of(7);
    auto earlier = rows[0];
    earlier[0] = wire<std::int64_t>(row_id(1, 3));
    earlier[5] = wire<std::int64_t>(run_time_us - 5 - pg::postgres_epoch_us);
    rows.insert(rows.begin() + 1, earlier);
    EXPECT_EQ(check_list(7, rows), "");
    rows.erase(rows.begin());
    expect_says(check_list(7, rows), "is missing");
    auto sums = revenue();
    sums[0][1] = wire(int8_of(sums[0][1]) + 5);
    EXPECT_EQ(check("revenue", 1, sums), "");
    sums[0][1] = wire<std::int64_t>(0);
    EXPECT_NE(check("revenue", 1, sums), "");
}

} // namespace
} // namespace citusbench::orders_test
