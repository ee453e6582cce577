#include "workloads/orders/orders.hpp"

#include <array>

#include "workload/keyed_workload.hpp"
#include "workloads/orders/answers.hpp"
#include "workloads/orders/data.hpp"
#include "workloads/orders/scale.hpp"
#include "workloads/orders/session.hpp"

namespace citusbench::orders {
namespace {

// The defaults stand in Scale too; a test compares them.
constexpr std::array option_list = {
    WorkloadOption{"users", "1000", "N", "users to load"},
    WorkloadOption{"orders-per-user", "5", "N", "orders to load for each user"},
    WorkloadOption{"products", "100", "N", "products, of which every node holds a copy"},
};

constexpr std::array operation_table = {
    OperationRow<Kind>{Kind::place_order, "place_order", true, 40, "insert one order of a user", 1},
    OperationRow<Kind>{Kind::user_orders, "user_orders", false, 30,
                       "the latest 50 orders of a user"},
    OperationRow<Kind>{Kind::order_by_id, "order_by_id", false, 10, "one loaded order"},
    OperationRow<Kind>{Kind::order_details, "order_details", false, 10,
                       "the latest 50 orders of a user, with user and products joined"},
    OperationRow<Kind>{Kind::update_status, "update_status", true, 10,
                       "set a loaded order's status"},
    OperationRow<Kind>{Kind::revenue, "revenue", false, 0,
                       "orders and amounts by category, from every shard"},
};

pg::TableSpec make_table(std::string_view name, std::string_view id,
                         std::vector<std::string> columns) {
    auto table = table_from("orders", name, std::move(columns));
    table.id_column = id;
    return table;
}

std::vector<pg::TableSpec> make_tables() {
    auto users = make_table("test_users", "user_id", {"user_id", "name", "email", "created_at"});
    users.distribution_column = "user_id";
    auto orders = make_table(
        "test_orders", "order_id",
        {"user_id", "order_id", "product_id", "quantity", "amount_cents", "status", "created_at"});
    orders.distribution_column = "user_id";
    orders.colocated_with = users.name;
    auto products = make_table("test_products", "product_id",
                               {"product_id", "name", "category", "price_cents"});
    products.is_reference = true;
    std::vector<pg::TableSpec> tables; // in the order of Table
    tables.push_back(std::move(users));
    tables.push_back(std::move(orders));
    tables.push_back(std::move(products));
    return tables;
}

struct OrdersParts {
    using Scale = orders::Scale;
    using Data = orders::Data;
    using Table = orders::Table;
    using Session = OrdersSession;
    using Answers = OrdersAnswers;
    static constexpr std::string_view name = "orders";
    static constexpr std::string_view key_noun = "users";
    static constexpr auto insert_table = Table::orders; // primary key (user_id, order_id)
    static std::uint64_t key_count(const Scale& scale) { return scale.users; }
    static std::int64_t key_id(std::uint64_t i) { return Data::id_of(i); }
    static std::vector<OperationKind> operations() {
        return operations_from(name, operation_table);
    }
    static std::vector<pg::TableSpec> tables() { return make_tables(); }
};

} // namespace

std::span<const WorkloadOption> options() {
    return option_list;
}

std::unique_ptr<Workload> make(const WorkloadConfig& config) {
    return std::make_unique<KeyedWorkload<OrdersParts>>(config);
}

} // namespace citusbench::orders
