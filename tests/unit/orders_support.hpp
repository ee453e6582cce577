#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/answer_builder.hpp"
#include "support/made_rows.hpp"
#include "workloads/orders/orders.hpp"

namespace citusbench::orders_test {

using test::BinaryRow;
using test::decode;
using test::int8_of;
using test::kind_of;
using test::load_time_us;
using test::make_params;
using test::params_of;
using test::run_time_us;
using test::table_rows;
using test::unix_us_of;

inline constexpr std::size_t users_table = 0;
inline constexpr std::size_t orders_table = 1;
inline constexpr std::size_t products_table = 2;

using Options = std::map<std::string, std::string, std::less<>>;

inline std::unique_ptr<Workload> make_orders(Options options, std::uint64_t seed = 1) {
    WorkloadConfig config;
    for (const auto& option : orders::options())
        config.options.emplace(option.name, option.default_value);
    for (const auto& [name, value] : options) config.options[name] = value;
    config.seed = seed;
    return orders::make(config);
}

template <typename Integer>
std::string wire(Integer value) {
    const auto bytes = pg::to_wire(value);
    return {bytes.begin(), bytes.end()};
}

template <typename Integer>
Integer integer_of(const test::Field& field) {
    EXPECT_EQ(field.value().size(), sizeof(Integer));
    return pg::from_wire<Integer>(field.value().data());
}

/// What a database would answer that holds the loaded rows and some orders, worked out the long
/// way.
class OrdersAnswersTest : public testing::Test {
  protected:
    explicit OrdersAnswersTest(std::uint64_t run = 1) : run_(run) {
        session_ = workload_->session({run, load_time_us, run_time_us});
        use_mix({40, 30, 10, 10, 0, 1});
    }
    /// place_order, user_orders, order_by_id, order_details, update_status, revenue
    void use_mix(std::vector<double> weights) {
        checker_ = workload_->answer_checker({run_, load_time_us, run_time_us}, weights);
    }

    Operation operation(std::string_view kind, std::uint64_t index) const {
        Operation made;
        session_->make(index, kind_of(*workload_, kind), made);
        return made;
    }
    /// The first index from `from` on of an operation of this kind and user.
    std::uint64_t index_of(std::int64_t user, std::string_view kind, std::uint64_t from = 0) const {
        while (operation(kind, from).key.number != user) ++from;
        return from;
    }
    void place(std::uint64_t index, Ticks sent, Ticks done, Outcome outcome = Outcome::ok,
               bool visible = true) {
        checker_->add({index, kind_of(*workload_, "place_order"), outcome, sent, done});
        if (visible) placed_.push_back(index);
    }

    /// order_id, product_id, quantity, amount_cents, status, created_at
    BinaryRow placed_row(std::uint64_t index) const {
        const auto p = params_of(operation("place_order", index));
        return {p[1], p[2], p[3], p[4], "pending", p[5]};
    }
    /// All orders of a user (of all users: 0), latest first.
    std::vector<BinaryRow> orders_of(std::int64_t user) const {
        std::vector<BinaryRow> rows;
        for (const auto& row : loaded_)
            if (user == 0 || int8_of(row[0]) == user)
                rows.push_back({row[1], row[2], row[3], row[4], row[5], row[6]});
        for (const auto index : placed_)
            if (user == 0 || operation("place_order", index).key.number == user)
                rows.push_back(placed_row(index));
        std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
            return std::pair(int8_of(a[5]), int8_of(a[0])) >
                   std::pair(int8_of(b[5]), int8_of(b[0]));
        });
        return rows;
    }
    std::vector<BinaryRow> latest_of(std::int64_t user) const {
        auto rows = orders_of(user);
        if (rows.size() > 50) rows.resize(50);
        return rows;
    }
    std::vector<BinaryRow> details_of(std::int64_t user) const {
        auto rows = latest_of(user);
        for (auto& row : rows) {
            const auto& product = products_[static_cast<std::size_t>(int8_of(row[1])) - 1];
            row.push_back(users_[static_cast<std::size_t>(user) - 1][1]);
            row.push_back(product[1]);
            row.push_back(product[3]);
        }
        return rows;
    }
    std::vector<BinaryRow> revenue() const {
        std::map<std::string, std::pair<std::int64_t, std::int64_t>> sums;
        for (const auto& row : orders_of(0)) {
            const auto& product = products_[static_cast<std::size_t>(int8_of(row[1])) - 1];
            auto& [count, cents] = sums[product[2].value()];
            ++count;
            cents += int8_of(row[3]);
        }
        std::vector<BinaryRow> rows;
        for (const auto& [category, sum] : sums)
            rows.push_back({category, wire(sum.first), wire(sum.second)});
        return rows;
    }

    /// What the checker says; "" where the answer may be so.
    std::string check(std::string_view kind, std::uint64_t index,
                      const std::vector<BinaryRow>& rows, Ticks sent = 1000,
                      Ticks done = 1100) const {
        std::vector<std::string> columns(kind == "revenue" ? 3 : kind == "order_details" ? 9 : 6);
        for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = "c" + std::to_string(i);
        return checker_
            ->check(
                {index, kind_of(*workload_, kind), sent, done, test::make_result(columns, rows)})
            .value_or("");
    }
    std::string check_list(std::int64_t user, const std::vector<BinaryRow>& rows, Ticks sent = 1000,
                           Ticks done = 1100) const {
        return check("user_orders", index_of(user, "user_orders"), rows, sent, done);
    }
    static void expect_says(const std::string& text, std::string_view part) {
        EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
    }

    std::uint64_t run_;
    std::unique_ptr<Workload> workload_ = make_orders({{"users", "20"}, {"products", "9"}});
    std::vector<BinaryRow> users_ = table_rows(*workload_, users_table);
    std::vector<BinaryRow> loaded_ = table_rows(*workload_, orders_table);
    std::vector<BinaryRow> products_ = table_rows(*workload_, products_table);
    std::unique_ptr<Session> session_;
    std::unique_ptr<AnswerChecker> checker_;
    std::vector<std::uint64_t> placed_; ///< in the database
};

} // namespace citusbench::orders_test
