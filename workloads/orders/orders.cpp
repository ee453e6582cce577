#include "workloads/orders/orders.hpp"

#include <array>
#include <stdexcept>

#include "core/sql_text.hpp"
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

struct OperationLine {
    Kind kind;
    std::string_view name;
    bool is_write;
    double default_weight;
    std::string_view describes;
};

constexpr std::array operation_lines = {
    OperationLine{Kind::place_order, "place_order", true, 40, "insert one order of a user"},
    OperationLine{Kind::user_orders, "user_orders", false, 30, "the latest 50 orders of a user"},
    OperationLine{Kind::order_by_id, "order_by_id", false, 10, "one loaded order"},
    OperationLine{Kind::order_details, "order_details", false, 10,
                  "the latest 50 orders of a user, with user and products joined"},
    OperationLine{Kind::update_status, "update_status", true, 10, "set a loaded order's status"},
    OperationLine{Kind::revenue, "revenue", false, 0,
                  "orders and amounts by category, from every shard"},
};

std::vector<OperationKind> make_operations() {
    std::vector<OperationKind> operations;
    for (const auto& line : operation_lines) {
        if (static_cast<std::size_t>(line.kind) != operations.size())
            throw std::logic_error("operation_lines is not in the order of Kind");
        const auto file = "orders/" + std::string(line.name) + ".sql";
        operations.push_back({std::string(line.name), line.is_write, line.default_weight,
                              std::string(sql_text(file)), std::string(line.describes),
                              line.kind == Kind::place_order ? 1 : 0});
    }
    return operations;
}

pg::TableSpec make_table(std::string_view name, std::string_view id_name,
                         std::vector<std::string> columns) {
    pg::TableSpec table;
    table.name = name;
    pg::read_table_sql(sql_text("orders/" + table.name + ".sql"), table);
    table.id_column = id_name;
    table.copy_columns = std::move(columns);
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

class Orders final : public Workload {
  public:
    explicit Orders(const WorkloadConfig& config)
        : data_(Scale::parse(config.options), config.seed),
          users_(config.keys, data_.scale().users), operations_(make_operations()),
          tables_(make_tables()) {}

    std::string_view name() const override { return "orders"; }
    std::string scale() const override { return data_.scale().to_string(); }
    const std::vector<OperationKind>& operations() const override { return operations_; }
    const std::vector<pg::TableSpec>& tables() const override { return tables_; }

    std::uint64_t row_count(std::size_t table) const override {
        return data_.row_count(static_cast<Table>(table));
    }
    RoutingKey make_row(std::size_t table, std::uint64_t row, std::int64_t load_time_us,
                        pg::CopyBuffer& out) const override {
        return data_.make_row(static_cast<Table>(table), row, load_time_us, out);
    }
    std::unique_ptr<Session> session(const RunIdentity& identity) const override {
        return std::make_unique<OrdersSession>(data_, users_, identity);
    }
    std::string_view key_noun() const override { return "users"; }
    std::uint64_t key_count() const override { return data_.scale().users; }
    RoutingKey key(std::uint64_t i) const override { return RoutingKey::of(Data::id_of(i)); }
    std::size_t insert_table() const override { return static_cast<std::size_t>(Table::orders); }
    bool inserts_are_unique() const override { return true; } // primary key (user_id, order_id)
    std::unique_ptr<AnswerChecker> answer_checker(const RunIdentity& identity,
                                                  std::span<const double> weights) const override {
        return std::make_unique<OrdersAnswers>(data_, users_, identity, weights);
    }

  private:
    Data data_;
    KeyChooser users_;
    std::vector<OperationKind> operations_;
    std::vector<pg::TableSpec> tables_;
};

} // namespace

std::span<const WorkloadOption> options() {
    return option_list;
}

std::unique_ptr<Workload> make(const WorkloadConfig& config) {
    return std::make_unique<Orders>(config);
}

} // namespace citusbench::orders
