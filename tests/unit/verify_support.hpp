#pragma once

#include <functional>
#include <optional>
#include <set>

#include "pg/copy_rows.hpp"
#include "unit/chat_support.hpp"
#include "verify/evidence.hpp"
#include "verify/row_judge.hpp"

namespace citusbench::chat_test {

/// A chat run with a ledger of a test's making, and a table that the test fills.
class Case {
  public:
    /// `weights` as "post", "edit", … with equal shares.
    Case(const std::vector<std::string>& kinds, std::uint64_t run = 1, std::uint64_t latest = 0) {
        facts.workload = make_chat({{"rooms", "4"}});
        facts.identity = {run, load_time_us, run_time_us};
        facts.latest_run = latest == 0 ? run : latest;
        facts.weights.assign(facts.workload->operations().size(), 0);
        for (const auto& kind : kinds) facts.weights[kind_of(*facts.workload, kind)] = 1;
        facts.ledger = ledger;
    }

    void record(std::uint64_t index, Outcome outcome, Ticks sent = 0, Ticks done = 0) {
        ledger->record(index, outcome, sent, done);
    }

    /// After the last record(): what the rest of the test judges with.
    RowJudge& judge() {
        if (!judge_) {
            issued_.emplace(facts);
            updates_.emplace(facts, *issued_, stop_);
            names_.emplace(*facts.workload, ShardNames(Engine::fdw, 8, {"worker1", "worker2"}));
            judge_.emplace(facts, *issued_, *updates_, *names_);
        }
        return *judge_;
    }

    pg::CopyBuffer loaded(std::size_t table, std::uint64_t row) const {
        pg::CopyBuffer buffer;
        facts.workload->make_row(table, row, load_time_us, buffer);
        return buffer;
    }
    pg::CopyBuffer inserted(std::uint64_t index) const {
        pg::CopyBuffer buffer;
        facts.workload->session(facts.identity)
            ->make_inserted_row(index, kind_of(*facts.workload, "post"), 0, buffer);
        return buffer;
    }
    /// A row with one field replaced.
    static pg::CopyBuffer with(const pg::CopyBuffer& row, std::size_t column,
                               const std::function<void(pg::CopyBuffer&)>& value) {
        pg::CopyFields fields({row.data(), row.size()});
        pg::CopyBuffer changed;
        changed.begin_row(fields.count());
        for (std::size_t i = 0; i < static_cast<std::size_t>(fields.count()); ++i) {
            const auto field = fields.next();
            const auto bytes = pg::field_bytes(field);
            if (i == column)
                value(changed);
            else if (bytes)
                changed.add_text(*bytes);
            else
                changed.add_null();
        }
        return changed;
    }

    /// Shows the judge all loaded rows but those of `hidden`, then `rows` of messages.
    Sight look(const std::vector<pg::CopyBuffer>& rows,
               const std::set<std::pair<std::size_t, std::uint64_t>>& hidden = {}) {
        auto sight = judge().blank();
        for (std::size_t table = 0; table < 3; ++table)
            for (std::uint64_t row = 0; row < facts.workload->row_count(table); ++row)
                if (!hidden.contains({table, row})) show(table, loaded(table, row), sight);
        for (const auto& row : rows) show(messages_table, row, sight);
        return sight;
    }
    Tally count(Sight sight) {
        Evidence evidence(judge());
        evidence.begin_round();
        evidence.add(std::move(sight));
        return tally(evidence, judge(), stop_);
    }
    void show(std::size_t table, const pg::CopyBuffer& row, Sight& sight) {
        judge().judge(table, {row.data(), row.size()}, sight);
    }
    const Updates& updates() {
        judge();
        return *updates_;
    }

    RunFacts facts;
    std::shared_ptr<Ledger> ledger = std::make_shared<Ledger>();
    StopFlag stop_;

  private:
    std::optional<Issued> issued_;
    std::optional<Updates> updates_;
    std::optional<RowNames> names_;
    std::optional<RowJudge> judge_;
};

} // namespace citusbench::chat_test
