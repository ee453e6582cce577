#include "verify/scan_history.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace citusbench {
namespace {

using Mark = Ledger::Mark;

constexpr std::uint64_t steps_between_looks = 1 << 16;

/// Another scan of the same tables, through another entry point, shows the same offenders.
void keep_larger(Violations& violations, Violations&& seen) {
    if (seen.count > violations.count) violations = std::move(seen);
}

} // namespace

ScanHistory::ScanHistory(const RowVerifier& row_verifier)
    : blank_(row_verifier.blank()), last_(blank_), always_(blank_) {
    for (auto& bits : always_.loaded) bits.fill();
    always_.inserted.fill();
}

void ScanHistory::begin_round() {
    last_ = blank_;
    problems_.clear();
    finished_ = 0;
}

void ScanHistory::add(ScanResult result) {
    for (std::size_t table = 0; table < result.loaded.size(); ++table)
        last_.loaded[table].or_with(result.loaded[table]);
    last_.inserted.or_with(result.inserted);
    always_.outdated.or_with(result.outdated);
    keep_larger(last_.duplicated, std::move(result.duplicated));
    keep_larger(last_.unexpected, std::move(result.unexpected));
    keep_larger(last_.corrupted, std::move(result.corrupted));
    keep_larger(last_.misrouted, std::move(result.misrouted));
    last_.rows = std::max(last_.rows, result.rows);
    last_.rows_of_other_runs = std::max(last_.rows_of_other_runs, result.rows_of_other_runs);
    last_.values_of_other_runs = std::max(last_.values_of_other_runs, result.values_of_other_runs);
    // Lost is what every entry point shows as lost; the first scan of a round begins the list.
    if (finished_ == 0)
        last_.outdated = result.outdated;
    else if (result.problem.empty())
        last_.outdated.and_with(result.outdated);
    if (!result.problem.empty()) {
        problems_.push_back(result.problem);
        return;
    }
    ++finished_;
    for (std::size_t table = 0; table < result.loaded.size(); ++table)
        always_.loaded[table].and_with(result.loaded[table]);
    always_.inserted.and_with(result.inserted);
}

namespace {

/// Goes through everything that should or may be there, once.
class Count {
  public:
    Count(const ScanHistory& history, RowVerifier& row_verifier, const StopFlag& stop)
        : description_(row_verifier.description()), issued_(row_verifier.issued()),
          updates_(row_verifier.updates()), history_(history), row_verifier_(row_verifier),
          stop_(stop) {}

    LedgerComparison run() {
        const auto& tables = description_.workload->tables();
        for (std::size_t table = 0; table < tables.size(); ++table) add_loaded(table);
        issued_.each_insert([&](std::uint64_t index, Mark mark, std::uint64_t rows) {
            check_stop();
            add_insert(index, mark, rows);
        });
        for (std::uint64_t i = 0; i < updates_.all().size(); ++i) add_update(i);
        return std::move(comparison_);
    }

  private:
    void check_stop() {
        if (++steps_ % steps_between_looks == 0) stop_.check();
    }

    template <typename Text>
    void add_expected(bool there, bool always, Text text) {
        if (!there && history_.can_prove_absence()) comparison_.lost.add(text);
        if (there && !always) comparison_.stale.add(text);
    }

    void add_loaded(std::size_t table) {
        const auto rows = description_.workload->row_count(table);
        comparison_.loaded_rows += rows;
        for (std::uint64_t row = 0; row < rows; ++row) {
            check_stop();
            add_expected(history_.last().loaded[table].test(row),
                         history_.always().loaded[table].test(row),
                         [&] { return row_verifier_.name_of_loaded(table, row); });
        }
    }

    void add_insert(std::uint64_t index, Mark mark, std::uint64_t rows) {
        bool any = false;
        for (std::uint64_t row = 0; row < rows; ++row) {
            const auto slot = issued_.slot(index, row);
            const bool there = history_.last().inserted.test(slot);
            any = any || there;
            const auto name = [&] { return row_verifier_.name_of_inserted(index, row); };
            if (mark == Mark::ok) {
                ++comparison_.acknowledged_rows;
                add_expected(there, history_.always().inserted.test(slot), name);
            } else if (mark == Mark::failed && there) {
                comparison_.unexpected.add([&] { return name() + ": its insert failed"; });
            }
        }
        if (mark == Mark::unknown)
            ++(any ? comparison_.unknown_applied : comparison_.unknown_absent);
    }

    void add_update(std::uint64_t number) {
        const bool now = history_.last().outdated.test(number);
        const bool ever = history_.always().outdated.test(number);
        if (now || ever)
            add_expected(!now, !ever,
                         [&] { return row_verifier_.name_of_update(updates_.all()[number]); });
    }

    const RunDescription& description_;
    const IssuedOperations& issued_;
    const Updates& updates_;
    const ScanHistory& history_;
    RowVerifier& row_verifier_;
    const StopFlag& stop_;
    LedgerComparison comparison_;
    std::uint64_t steps_ = 0;
};

} // namespace

LedgerComparison compare_with_ledger(const ScanHistory& history, RowVerifier& row_verifier,
                                     const StopFlag& stop) {
    return Count(history, row_verifier, stop).run();
}

} // namespace citusbench
