#include "workloads/orders/session.hpp"

#include <stdexcept>

namespace citusbench::orders {
namespace {

/// An id without an order: order_by_id and update_status use it where no order was loaded.
constexpr std::int64_t no_row = 0;
constexpr std::size_t copied_status_column = 5; // of copy_columns; a test compares it

} // namespace

RoutingKey OrdersSession::key_of(Kind kind, std::uint64_t user) {
    return kind == Kind::revenue ? RoutingKey{} : RoutingKey::of(Data::id_of(user));
}

void OrdersSession::add_params(Kind kind, std::uint64_t user, Random& random,
                               Operation& operation) const {
    auto& params = operation.params;
    if (kind == Kind::place_order) {
        const auto order = draw_order(operation.index, random);
        params.add_int8(row_id(identity().run, operation.index));
        params.add_int8(Data::id_of(order.product));
        params.add_int4(order.quantity);
        params.add_int8(order.amount_cents);
        params.add_timestamp(order.created_at_us);
    } else if (kind == Kind::order_by_id || kind == Kind::update_status) {
        const auto number = draw_number(random);
        params.add_int8(number ? data().order_id(user, *number) : no_row);
        if (kind == Kind::update_status) params.add_text(draw_status(random));
    }
}

OrderFacts OrdersSession::draw_order(std::uint64_t index, Random& random) const {
    OrderFacts order;
    data().draw_goods(random, order);
    order.status = statuses.front(); // as sql/orders/place_order.sql says
    order.created_at_us = identity().run_time_us + static_cast<std::int64_t>(index);
    return order;
}

OrdersSession::Placed OrdersSession::placed(std::uint64_t index) const {
    auto random = random_of(index);
    const auto user = draw_key(random);
    return {user, draw_order(index, random)};
}

std::optional<std::uint64_t> OrdersSession::draw_number(Random& random) const {
    const auto orders = data().scale().orders_per_user;
    if (orders == 0) return std::nullopt;
    return random.below(orders);
}

std::string_view OrdersSession::draw_status(Random& random) {
    return statuses[random.below(statuses.size())];
}

void OrdersSession::make_inserted_row(std::uint64_t index, std::uint32_t kind, std::uint64_t row,
                                      pg::CopyBuffer& out) {
    if (static_cast<Kind>(kind) != Kind::place_order || row != 0)
        throw std::logic_error("only place_order inserts, and one row");
    const auto [user, order] = placed(index);
    put_order(Data::id_of(user), row_id(identity().run, index), order, out);
}

std::optional<Change> OrdersSession::change(std::uint64_t index, std::uint32_t kind,
                                            pg::CopyBuffer& value) {
    if (static_cast<Kind>(kind) != Kind::update_status) return std::nullopt;
    auto random = random_of(index);
    const auto user = draw_key(random);
    const auto number = draw_number(random);
    if (!number) return std::nullopt;
    value.add_text(draw_status(random));
    return Change{static_cast<std::size_t>(Table::orders),
                  user * data().scale().orders_per_user + *number, copied_status_column};
}

} // namespace citusbench::orders
