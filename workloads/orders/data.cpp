#include "workloads/orders/data.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace citusbench::orders {
namespace {

constexpr std::uint64_t day_us = 24ULL * 3600 * 1'000'000;
/// Loaded orders spread over the month before the load; users came in the month before that.
constexpr std::uint64_t history_us = 30 * day_us;
constexpr std::uint64_t max_in_order = 5;
constexpr std::uint64_t min_price_cents = 99;
constexpr std::uint64_t price_range_cents = 20'000;

} // namespace

Data::Data(const Scale& scale, std::uint64_t seed) : scale_(scale), seed_(seed) {
    if (scale.orders_per_user > 0)
        order_step_us_ = std::max<std::uint64_t>(1, history_us / scale.orders_per_user);
}

std::uint64_t Data::row_count(Table table) const {
    switch (table) {
    case Table::users:
        return scale_.users;
    case Table::orders:
        return scale_.users * scale_.orders_per_user;
    case Table::products:
        return scale_.products;
    }
    throw std::logic_error("orders has no such table");
}

RoutingKey Data::make_row(Table table, std::uint64_t row, std::int64_t load_time_us,
                          pg::CopyBuffer& out) const {
    switch (table) {
    case Table::users:
        make_user(row, load_time_us, out);
        return RoutingKey::of(id_of(row));
    case Table::orders:
        make_order(row, load_time_us, out);
        return RoutingKey::of(id_of(row / scale_.orders_per_user));
    case Table::products:
        make_product(row, out);
        return {};
    }
    throw std::logic_error("orders has no such table");
}

Random Data::random_of(Table table, std::uint64_t row) const {
    return {seed_, static_cast<std::uint64_t>(table), row};
}

std::int64_t Data::order_id(std::uint64_t user, std::uint64_t number) const {
    return static_cast<std::int64_t>(user * scale_.orders_per_user + number) + 1;
}

std::string Data::user_name(std::uint64_t user) {
    return fmt::format("User {}", user + 1);
}

std::string Data::product_name(std::uint64_t product) {
    return fmt::format("Product {}", product + 1);
}

std::int64_t Data::price_cents(std::uint64_t product) const {
    auto random = random_of(Table::products, product);
    return static_cast<std::int64_t>(min_price_cents + random.below(price_range_cents));
}

void Data::draw_goods(Random& random, OrderFacts& order) const {
    order.product = random.below(scale_.products);
    order.quantity = static_cast<std::int32_t>(1 + random.below(max_in_order));
    order.amount_cents = order.quantity * price_cents(order.product);
}

OrderFacts Data::loaded_order(std::uint64_t user, std::uint64_t number,
                              std::int64_t load_time_us) const {
    auto random = random_of(Table::orders, user * scale_.orders_per_user + number);
    OrderFacts order;
    draw_goods(random, order);
    order.status = statuses[random.below(statuses.size())];
    const auto span = order_step_us_ * scale_.orders_per_user;
    const auto since_first = number * order_step_us_ + random.below(order_step_us_);
    order.created_at_us = load_time_us - static_cast<std::int64_t>(span - since_first);
    return order;
}

void Data::make_user(std::uint64_t row, std::int64_t load_time_us, pg::CopyBuffer& out) const {
    auto random = random_of(Table::users, row);
    const auto age = history_us + random.below(history_us);
    out.begin_row(4);
    out.add_int8(id_of(row));
    out.add_text(user_name(row));
    out.add_text(fmt::format("user{}@example.com", row + 1));
    out.add_timestamp(load_time_us - static_cast<std::int64_t>(age));
}

void Data::make_order(std::uint64_t row, std::int64_t load_time_us, pg::CopyBuffer& out) const {
    const auto user = row / scale_.orders_per_user;
    const auto number = row % scale_.orders_per_user;
    put_order(id_of(user), order_id(user, number), loaded_order(user, number, load_time_us), out);
}

void Data::make_product(std::uint64_t row, pg::CopyBuffer& out) const {
    out.begin_row(4);
    out.add_int8(id_of(row));
    out.add_text(product_name(row));
    out.add_text(categories[category_of(row)]);
    out.add_int8(price_cents(row));
}

void put_order(std::int64_t user_id, std::int64_t order_id, const OrderFacts& order,
               pg::CopyBuffer& out) {
    out.begin_row(7);
    out.add_int8(user_id);
    out.add_int8(order_id);
    out.add_int8(Data::id_of(order.product));
    out.add_int4(order.quantity);
    out.add_int8(order.amount_cents);
    out.add_text(order.status);
    out.add_timestamp(order.created_at_us);
}

} // namespace citusbench::orders
