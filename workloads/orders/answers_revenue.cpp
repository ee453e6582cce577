#include <algorithm>

#include <fmt/format.h>

#include "workload/binary_values.hpp"
#include "workloads/orders/answers.hpp"

namespace citusbench::orders {
namespace {

struct Bounds {
    std::uint64_t least;
    std::uint64_t most;
};

void expect_within(std::uint64_t value, const Bounds& bounds, bool has_max,
                   std::string_view category, const char* what) {
    if (value < bounds.least)
        throw WrongAnswer(fmt::format("revenue of {}: {} {}, at least {} are there", category,
                                      value, what, bounds.least));
    if (has_max && value > bounds.most)
        throw WrongAnswer(fmt::format("revenue of {}: {} {}, at most {} can be there", category,
                                      value, what, bounds.most));
}

} // namespace

/// Goes through all loaded orders once: nothing but the status of one ever changes.
void OrdersAnswers::count_loaded() {
    sales_.resize(categories.size());
    for (std::uint64_t user = 0; user < data_->scale().users; ++user)
        for (std::uint64_t number = 0; number < data_->scale().orders_per_user; ++number) {
            const auto order = data_->loaded_order(user, number, identity_.load_time_us);
            auto& sales = sales_[Data::category_of(order.product)];
            ++sales.loaded_count;
            sales.loaded_cents += static_cast<std::uint64_t>(order.amount_cents);
        }
}

/// A category without orders has no row.
void OrdersAnswers::check_revenue(const Answer& answer) const {
    expect_columns(answer.result, 3);
    int row = 0;
    for (std::size_t i = 0; i < categories.size(); ++i) {
        std::uint64_t count = 0;
        std::uint64_t cents = 0;
        if (row < answer.result.rows() && answer.result.text(row, 0) == categories[i]) {
            count = static_cast<std::uint64_t>(int8_in(answer.result.text(row, 1)));
            cents = static_cast<std::uint64_t>(int8_in(answer.result.text(row, 2)));
            ++row;
        }
        const auto& sales = sales_[i];
        expect_within(count,
                      {sales.loaded_count + sales.placed_count.least(answer.sent),
                       sales.loaded_count + sales.placed_count.most(answer.done)},
                      !other_runs_, categories[i], "orders");
        expect_within(cents,
                      {sales.loaded_cents + sales.placed_cents.least(answer.sent),
                       sales.loaded_cents + sales.placed_cents.most(answer.done)},
                      !other_runs_, categories[i], "cents");
    }
    if (row != answer.result.rows())
        throw WrongAnswer(
            fmt::format("revenue: row {} is of no category or out of order", row + 1));
}

} // namespace citusbench::orders
