#include "verify/evidence.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace citusbench {
namespace {

using Mark = Ledger::Mark;

constexpr std::uint64_t steps_between_looks = 1 << 16;

/// The same tables looked at once more, through another entry point, show the same offenders.
void keep_most(Finding& finding, Finding&& seen) {
    if (seen.count > finding.count) finding = std::move(seen);
}

} // namespace

Evidence::Evidence(const RowJudge& judge) : blank_(judge.blank()), last_(blank_), always_(blank_) {
    for (auto& bits : always_.loaded) bits.fill();
    always_.inserted.fill();
}

void Evidence::begin_round() {
    last_ = blank_;
    problems_.clear();
    finished_ = 0;
}

void Evidence::add(Sight sight) {
    for (std::size_t table = 0; table < sight.loaded.size(); ++table)
        last_.loaded[table].add(sight.loaded[table]);
    last_.inserted.add(sight.inserted);
    always_.outdated.add(sight.outdated);
    keep_most(last_.duplicated, std::move(sight.duplicated));
    keep_most(last_.unexpected, std::move(sight.unexpected));
    keep_most(last_.corrupted, std::move(sight.corrupted));
    keep_most(last_.wrong_side, std::move(sight.wrong_side));
    last_.rows = std::max(last_.rows, sight.rows);
    last_.rows_of_other_runs = std::max(last_.rows_of_other_runs, sight.rows_of_other_runs);
    last_.values_of_other_runs = std::max(last_.values_of_other_runs, sight.values_of_other_runs);
    // Lost is what every entry point shows as lost; the first look of a round begins the list.
    if (finished_ == 0)
        last_.outdated = sight.outdated;
    else if (sight.problem.empty())
        last_.outdated.keep_common(sight.outdated);
    if (!sight.problem.empty()) {
        problems_.push_back(sight.problem);
        return;
    }
    ++finished_;
    for (std::size_t table = 0; table < sight.loaded.size(); ++table)
        always_.loaded[table].keep_common(sight.loaded[table]);
    always_.inserted.keep_common(sight.inserted);
}

namespace {

/// Goes through everything that should or may be there, once.
class Count {
  public:
    Count(const Evidence& evidence, RowJudge& judge, const StopFlag& stop)
        : facts_(judge.facts()), issued_(judge.issued()), updates_(judge.updates()),
          evidence_(evidence), judge_(judge), stop_(stop) {}

    Tally run() {
        const auto& tables = facts_.workload->tables();
        for (std::size_t table = 0; table < tables.size(); ++table) add_loaded(table);
        issued_.each_insert([&](std::uint64_t index, Mark mark, std::uint64_t rows) {
            look_at_stop();
            add_insert(index, mark, rows);
        });
        for (std::uint64_t i = 0; i < updates_.all().size(); ++i) add_update(i);
        return std::move(tally_);
    }

  private:
    void look_at_stop() {
        if (++steps_ % steps_between_looks == 0) stop_.check();
    }

    template <typename Text>
    void add_expected(bool there, bool always, Text text) {
        if (!there && evidence_.tells_absence()) tally_.lost.add(text);
        if (there && !always) tally_.stale.add(text);
    }

    void add_loaded(std::size_t table) {
        const auto rows = facts_.workload->row_count(table);
        tally_.loaded_rows += rows;
        for (std::uint64_t row = 0; row < rows; ++row) {
            look_at_stop();
            add_expected(evidence_.last().loaded[table].test(row),
                         evidence_.always().loaded[table].test(row),
                         [&] { return judge_.name_of_loaded(table, row); });
        }
    }

    void add_insert(std::uint64_t index, Mark mark, std::uint64_t rows) {
        bool any = false;
        for (std::uint64_t row = 0; row < rows; ++row) {
            const auto slot = issued_.slot(index, row);
            const bool there = evidence_.last().inserted.test(slot);
            any = any || there;
            const auto name = [&] { return judge_.name_of_inserted(index, row); };
            if (mark == Mark::ok) {
                ++tally_.acknowledged_rows;
                add_expected(there, evidence_.always().inserted.test(slot), name);
            } else if (mark == Mark::failed && there) {
                tally_.unexpected.add([&] { return name() + ": its insert failed"; });
            }
        }
        if (mark == Mark::unknown) ++(any ? tally_.unknown_applied : tally_.unknown_absent);
    }

    void add_update(std::uint64_t number) {
        const bool now = evidence_.last().outdated.test(number);
        const bool ever = evidence_.always().outdated.test(number);
        if (now || ever)
            add_expected(!now, !ever,
                         [&] { return judge_.name_of_update(updates_.all()[number]); });
    }

    const RunFacts& facts_;
    const Issued& issued_;
    const Updates& updates_;
    const Evidence& evidence_;
    RowJudge& judge_;
    const StopFlag& stop_;
    Tally tally_;
    std::uint64_t steps_ = 0;
};

} // namespace

Tally tally(const Evidence& evidence, RowJudge& judge, const StopFlag& stop) {
    return Count(evidence, judge, stop).run();
}

} // namespace citusbench
