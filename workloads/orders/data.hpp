#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/random.hpp"
#include "core/routing_key.hpp"
#include "pg/copy_rows.hpp"
#include "workloads/orders/scale.hpp"

namespace citusbench::orders {

/// In the order of Workload::tables().
enum class Table : std::uint8_t { users, orders, products };

/// What an order can be; new ones are the first.
inline constexpr std::array<std::string_view, 5> statuses = {"pending", "paid", "shipped",
                                                             "delivered", "cancelled"};
inline constexpr std::array<std::string_view, 6> categories = {"books",   "clothing", "garden",
                                                               "kitchen", "music",    "toys"};

/// An order's content besides whose it is and its id.
struct OrderFacts {
    std::uint64_t product = 0; ///< from 0
    std::int32_t quantity = 0;
    std::int64_t amount_cents = 0; ///< quantity times the product's price
    std::string_view status;
    std::int64_t created_at_us = 0;
};

/// The loaded data as pure functions of (scale, seed, row). Users, products and a user's orders are
/// counted from 0 here; ids are counted from 1. Immutable, so threads may share it.
class Data {
  public:
    Data(const Scale& scale, std::uint64_t seed);

    const Scale& scale() const { return scale_; }
    std::uint64_t seed() const { return seed_; }

    std::uint64_t row_count(Table table) const;
    /// Appends row `row` of `table` in the order of its columns; gives the id of its user, none for
    /// products.
    RoutingKey make_row(Table table, std::uint64_t row, std::int64_t load_time_us,
                        pg::CopyBuffer& out) const;

    /// Of users and products.
    static std::int64_t id_of(std::uint64_t number) {
        return static_cast<std::int64_t>(number) + 1;
    }
    /// Loaded order `number` (below orders_per_user) of a user.
    std::int64_t order_id(std::uint64_t user, std::uint64_t number) const;
    /// Its content: before the load, created_at increasing with `number` within a user.
    OrderFacts loaded_order(std::uint64_t user, std::uint64_t number,
                            std::int64_t load_time_us) const;
    /// Draws product and quantity, and works out the amount.
    void draw_goods(Random& random, OrderFacts& order) const;

    static std::string user_name(std::uint64_t user);
    static std::string product_name(std::uint64_t product);
    std::int64_t price_cents(std::uint64_t product) const;
    static std::size_t category_of(std::uint64_t product) { return product % categories.size(); }

  private:
    void make_user(std::uint64_t row, std::int64_t load_time_us, pg::CopyBuffer& out) const;
    void make_order(std::uint64_t row, std::int64_t load_time_us, pg::CopyBuffer& out) const;
    void make_product(std::uint64_t row, pg::CopyBuffer& out) const;
    Random random_of(Table table, std::uint64_t row) const;

    Scale scale_;
    std::uint64_t seed_;
    std::uint64_t order_step_us_ = 0; ///< between two orders of a user, on average
};

/// Appends an order in the order of the columns of test_orders.
void put_order(std::int64_t user_id, std::int64_t order_id, const OrderFacts& order,
               pg::CopyBuffer& out);

} // namespace citusbench::orders
