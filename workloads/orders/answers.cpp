#include "workloads/orders/answers.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/quantity.hpp"
#include "workload/binary_values.hpp"

namespace citusbench::orders {
namespace {

constexpr int max_orders = static_cast<int>(KeyHistory::page);

// Columns of user_orders, order_by_id and order_details; the last three of the latter alone.
constexpr int id_column = 0;
constexpr int product_column = 1;
constexpr int quantity_column = 2;
constexpr int amount_column = 3;
constexpr int status_column = 4;
constexpr int created_column = 5;
constexpr int order_columns = 6;
constexpr int user_name_column = 6;
constexpr int product_name_column = 7;
constexpr int price_column = 8;
constexpr int detail_columns = 9;

/// The index is `wanted`, or `seen` stands before it; both descend.
bool has(const std::vector<std::uint64_t>& seen, std::size_t& at, std::uint64_t wanted) {
    while (at < seen.size() && seen[at] > wanted) ++at;
    return at < seen.size() && seen[at] == wanted;
}

/// The column with a wrong value; nullptr if all are right. The status is left out.
const char* difference(const pg::Result& result, int row, const OrderFacts& order) {
    if (int8_in(result.text(row, product_column)) != Data::id_of(order.product)) return "product";
    if (integer_in<std::int32_t>(result.text(row, quantity_column)) != order.quantity)
        return "quantity";
    if (int8_in(result.text(row, amount_column)) != order.amount_cents) return "amount";
    if (timestamp_in(result.text(row, created_column)) != order.created_at_us) return "time";
    return nullptr;
}

/// The same for what order_details joins to it.
const char* joined_difference(const pg::Result& result, int row, const Data& data,
                              std::uint64_t user, const OrderFacts& order) {
    if (result.text(row, user_name_column) != Data::user_name(user)) return "user's name";
    if (result.text(row, product_name_column) != Data::product_name(order.product))
        return "product's name";
    if (int8_in(result.text(row, price_column)) != data.price_cents(order.product)) return "price";
    return nullptr;
}

} // namespace

OrdersAnswers::OrdersAnswers(const Data& data, const KeyChooser& users, const RunIdentity& identity,
                             std::span<const double> weights)
    : ReplayChecker("user"), data_(&data), identity_(identity), session_(data, users, identity),
      other_runs_(identity.run > 1),
      updates_(other_runs_ || weight_of(weights, Kind::update_status) > 0) {
    if (weight_of(weights, Kind::revenue) > 0) count_loaded();
}

bool OrdersAnswers::checks(std::uint32_t kind) const {
    switch (static_cast<Kind>(kind)) {
    case Kind::user_orders:
    case Kind::order_by_id:
    case Kind::order_details:
        return true;
    case Kind::revenue:
        return !sales_.empty();
    case Kind::place_order:
    case Kind::update_status:
        break;
    }
    return false;
}

void OrdersAnswers::add(const WriteOutcome& write) {
    if (static_cast<Kind>(write.kind) != Kind::place_order) return;
    if (write.outcome != Outcome::ok && write.outcome != Outcome::unknown) return;
    const auto [user, order] = session_.placed(write.index);
    const auto done = write.outcome == Outcome::ok ? write.done : never;
    users_[user].add({write.index, write.sent, done}, forgotten_);
    if (sales_.empty()) return;
    auto& sales = sales_[Data::category_of(order.product)];
    sales.placed_count.add(write, 1);
    sales.placed_cents.add(write, static_cast<std::uint32_t>(order.amount_cents));
}

void OrdersAnswers::forget_before(Ticks moment) {
    forgotten_ = std::max(forgotten_, moment);
    for (auto& sales : sales_) {
        sales.placed_count.forget_before(moment);
        sales.placed_cents.forget_before(moment);
    }
}

void OrdersAnswers::check_operation(const Answer& answer) {
    user_ = static_cast<std::uint64_t>(asked().key.number - 1);
    switch (static_cast<Kind>(answer.kind)) {
    case Kind::user_orders:
        return check_list(answer, false);
    case Kind::order_details:
        return check_list(answer, true);
    case Kind::order_by_id:
        return check_one(answer);
    case Kind::revenue:
        return check_revenue(answer);
    case Kind::place_order:
    case Kind::update_status:
        throw std::logic_error("answers to writes are not checked");
    }
}

void OrdersAnswers::check_list(const Answer& answer, bool with_details) {
    seen_.placed.clear();
    seen_.loaded.clear();
    seen_.last.reset();
    expect_columns(answer.result, with_details ? detail_columns : order_columns);
    const int rows = answer.result.rows();
    if (rows > max_orders)
        throw WrongAnswer(fmt::format("{} orders where 50 were asked for", rows));
    std::optional<Rank> above;
    for (int row = 0; row < rows; ++row) {
        const auto rank = read_order(answer, row, with_details);
        if (above && rank == *above)
            throw WrongAnswer(fmt::format("order {} is there twice", rank.id));
        if (above && *above < rank)
            throw WrongAnswer(
                fmt::format("order {} stands above the later order {}", above->id, rank.id));
        above = rank;
    }
    if (rows == max_orders) seen_.last = above;
    expect_placed_complete(answer);
    expect_loaded_complete();
}

void OrdersAnswers::check_one(const Answer& answer) {
    expect_columns(answer.result, order_columns);
    const auto wanted = int8_in(param_bytes(asked().params, 1));
    const int expected = wanted > 0 ? 1 : 0; // 0: no order was loaded
    if (answer.result.rows() != expected)
        throw WrongAnswer(fmt::format("loaded order {} is {}", wanted,
                                      answer.result.rows() == 0 ? "missing" : "there twice"));
    if (expected == 0) return;
    if (int8_in(answer.result.text(0, id_column)) != wanted)
        throw WrongAnswer(fmt::format("another order than {} came", wanted));
    const auto number = static_cast<std::uint64_t>(wanted - 1) % data_->scale().orders_per_user;
    expect_loaded(answer, 0, number, false);
}

OrdersAnswers::Rank OrdersAnswers::read_order(const Answer& answer, int row, bool with_details) {
    const Rank rank{timestamp_in(answer.result.text(row, created_column)),
                    int8_in(answer.result.text(row, id_column))};
    const auto run = run_of_row(rank.id);
    if (run == identity_.run) {
        if (rank.id != row_id(run, index_of_row(rank.id)))
            throw WrongAnswer(fmt::format("no operation makes an order {}", rank.id));
        expect_placed(answer, row, index_of_row(rank.id), with_details);
        seen_.placed.push_back(index_of_row(rank.id));
    } else if (run == 0) {
        const auto orders = data_->scale().orders_per_user;
        const auto number = static_cast<std::uint64_t>(rank.id) - 1 - user_ * orders;
        if (number >= orders)
            throw WrongAnswer(fmt::format("order {} is none of this user", rank.id));
        expect_loaded(answer, row, number, with_details);
        seen_.loaded.push_back(number);
    } else {
        other_runs_ = true;
    }
    return rank;
}

void OrdersAnswers::expect_placed(const Answer& answer, int row, std::uint64_t index,
                                  bool with_details) {
    const auto wrong = [&](const std::string& what) {
        return WrongAnswer(
            fmt::format("order {} (operation {}) {}", row_id(identity_.run, index), index, what));
    };
    const auto [user, order] = session_.placed(index);
    if (user != user_) throw wrong("was not placed by this user");
    const auto found = users_.find(user_);
    const auto* insert = found == users_.end() ? nullptr : found->second.find(index);
    if (insert == nullptr && !(found != users_.end() && found->second.may_be_counted(index)))
        throw wrong("is there, though its write failed or was never sent");
    if (insert != nullptr && !insert->may_be_in(answer))
        throw wrong("was sent only after this answer had come");
    const auto& result = answer.result;
    const auto* column = difference(result, row, order);
    if (column == nullptr && result.text(row, status_column) != order.status) column = "status";
    if (column == nullptr && with_details)
        column = joined_difference(result, row, *data_, user_, order);
    if (column != nullptr) throw wrong(fmt::format("has a wrong {}", column));
}

void OrdersAnswers::expect_loaded(const Answer& answer, int row, std::uint64_t number,
                                  bool with_details) {
    const auto order = data_->loaded_order(user_, number, identity_.load_time_us);
    const auto& result = answer.result;
    const auto* column = difference(result, row, order);
    const auto status = result.text(row, status_column);
    const bool is_a_status = std::find(statuses.begin(), statuses.end(), status) != statuses.end();
    if (column == nullptr && status != order.status && !(updates_ && is_a_status))
        column = "status";
    if (column == nullptr && with_details)
        column = joined_difference(result, row, *data_, user_, order);
    if (column != nullptr)
        throw WrongAnswer(
            fmt::format("loaded order {} has a wrong {}", data_->order_id(user_, number), column));
}

void OrdersAnswers::expect_placed_complete(const Answer& answer) const {
    const auto found = users_.find(user_);
    if (found == users_.end()) return;
    const auto inserts = found->second.inserts();
    std::size_t at = 0;
    // NOLINTNEXTLINE(modernize-loop-convert): clang 14 has no std::views::reverse for this
    for (auto insert = inserts.rbegin(); insert != inserts.rend(); ++insert) {
        const Rank rank{identity_.run_time_us + static_cast<std::int64_t>(insert->index),
                        row_id(identity_.run, insert->index)};
        if (seen_.last && rank < *seen_.last) return;
        if (!insert->must_be_in(answer) || has(seen_.placed, at, insert->index)) continue;
        throw WrongAnswer(fmt::format(
            "order {} (operation {}) is missing, acknowledged {} before this was asked", rank.id,
            insert->index, format_duration(Nanoseconds(answer.sent - insert->done))));
    }
}

void OrdersAnswers::expect_loaded_complete() const {
    std::size_t at = 0;
    for (auto number = data_->scale().orders_per_user; number-- > 0;) {
        const auto order = data_->loaded_order(user_, number, identity_.load_time_us);
        const Rank rank{order.created_at_us, data_->order_id(user_, number)};
        if (seen_.last && rank < *seen_.last) return;
        if (!has(seen_.loaded, at, number))
            throw WrongAnswer(fmt::format("loaded order {} is missing", rank.id));
    }
}

} // namespace citusbench::orders
