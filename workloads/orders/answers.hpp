#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/distribution.hpp"
#include "workload/key_history.hpp"
#include "workload/replay_checker.hpp"
#include "workload/workload.hpp"
#include "workload/write_counter.hpp"
#include "workloads/orders/data.hpp"
#include "workloads/orders/session.hpp"

namespace citusbench::orders {

/// Checks every read of orders. Loaded rows are made again from their numbers, placed orders from
/// their indices, so that contents are compared value for value.
///
/// The status of a loaded order may be any where the mix has update_status, and on a database that
/// earlier runs had. Orders of other runs may be there or not, so that sums have no upper bound
/// then.
class OrdersAnswers final : public ReplayChecker {
  public:
    /// `data` and `users` must outlive it.
    OrdersAnswers(const Data& data, const KeyChooser& users, const RunIdentity& identity,
                  std::span<const double> weights);

    bool checks(std::uint32_t kind) const override;
    void add(const WriteOutcome& write) override;
    void forget_before(Ticks moment) override;

  private:
    /// Where an order stands: latest first.
    struct Rank {
        std::int64_t created_us = 0;
        std::int64_t id = 0;
        auto operator<=>(const Rank&) const = default;
    };
    /// The orders of an answer in the order of their rows.
    struct Seen {
        std::vector<std::uint64_t> placed; ///< indices, descending
        std::vector<std::uint64_t> loaded; ///< numbers of the user, descending
        std::optional<Rank> last; ///< of a full page: what ranks below it need not be there
    };
    /// Orders of a category.
    struct Sales {
        std::uint64_t loaded_count = 0;
        std::uint64_t loaded_cents = 0;
        WriteCounter placed_count;
        WriteCounter placed_cents;
    };

    Session& session() override { return session_; }
    void check_operation(const Answer& answer) override;
    void check_list(const Answer& answer, bool with_details);
    void check_one(const Answer& answer);

    Rank read_order(const Answer& answer, int row, bool with_details);
    void expect_placed(const Answer& answer, int row, std::uint64_t index, bool with_details);
    void expect_loaded(const Answer& answer, int row, std::uint64_t number, bool with_details);
    void expect_placed_complete(const Answer& answer) const;
    void expect_loaded_complete() const;

    // answers_revenue.cpp
    void count_loaded();
    void check_revenue(const Answer& answer) const;

    const Data* data_;
    RunIdentity identity_;
    OrdersSession session_;
    bool other_runs_; ///< orders of other runs may be there
    bool updates_;    ///< the status of loaded orders may be other than loaded
    std::unordered_map<std::uint64_t, KeyHistory> users_;
    std::vector<Sales> sales_; ///< by category, where revenue needs it
    Ticks forgotten_ = 0;

    // Of the answer that is checked; members, so that checking allocates little.
    std::uint64_t user_ = 0;
    Seen seen_;
};

} // namespace citusbench::orders
