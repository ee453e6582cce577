#pragma once

#include <cstdint>
#include <optional>

#include "workload/keyed_workload.hpp"
#include "workloads/orders/data.hpp"

namespace citusbench::orders {

/// The operations of orders, in the order of Workload::operations().
enum class Kind : std::uint8_t {
    place_order,
    user_orders,
    order_by_id,
    order_details,
    update_status,
    revenue,
};

/// Makes the operations of one run. `data` and `users` belong to the workload and outlive it.
class OrdersSession final : public KeyedSession<OrdersSession, Kind, Data> {
  public:
    using KeyedSession::KeyedSession;
    void make_inserted_row(std::uint64_t index, std::uint32_t kind, std::uint64_t row,
                           pg::CopyBuffer& out) override;
    std::optional<Change> change(std::uint64_t index, std::uint32_t kind,
                                 pg::CopyBuffer& value) override;

    /// The user and the content of the order that place_order number `index` inserts.
    struct Placed {
        std::uint64_t user;
        OrderFacts order;
    };
    Placed placed(std::uint64_t index) const;

  private:
    friend KeyedSession;
    static RoutingKey key_of(Kind kind, std::uint64_t user);
    OrderFacts draw_order(std::uint64_t index, Random& random) const;
    /// A loaded order of the user; nothing where there is none.
    std::optional<std::uint64_t> draw_number(Random& random) const;
    static std::string_view draw_status(Random& random);
    void add_params(Kind kind, std::uint64_t user, Random& random, Operation& operation) const;
};

} // namespace citusbench::orders
