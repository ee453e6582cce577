#pragma once

#include <functional>
#include <optional>
#include <set>

#include "pg/copy_rows.hpp"
#include "unit/chat_support.hpp"
#include "verify/row_verifier.hpp"
#include "verify/scan_history.hpp"

namespace citusbench::chat_test {

/// A chat run with a ledger of a test's making, and a table that the test fills.
class Case {
  public:
    /// `weights` as "post", "edit", … with equal shares.
    Case(const std::vector<std::string>& kinds, std::uint64_t run = 1, std::uint64_t latest = 0) {
        description.workload = make_chat({{"rooms", "4"}});
        description.identity = {run, load_time_us, run_time_us};
        description.latest_run = latest == 0 ? run : latest;
        description.weights.assign(description.workload->operations().size(), 0);
        for (const auto& kind : kinds)
            description.weights[kind_of(*description.workload, kind)] = 1;
        description.ledger = ledger;
    }

    void record(std::uint64_t index, Outcome outcome, Ticks sent = 0, Ticks done = 0) {
        ledger->record(index, outcome, sent, done);
    }

    /// After the last record(): what the rest of the test checks with.
    RowVerifier& row_verifier() {
        if (!row_verifier_) {
            issued_.emplace(description);
            updates_.emplace(description, *issued_, stop_);
            names_.emplace(*description.workload,
                           ShardNames(Engine::fdw, 8, {"worker1", "worker2"}));
            row_verifier_.emplace(description, *issued_, *updates_, *names_);
        }
        return *row_verifier_;
    }

    pg::CopyBuffer loaded(std::size_t table, std::uint64_t row) const {
        pg::CopyBuffer buffer;
        description.workload->make_row(table, row, load_time_us, buffer);
        return buffer;
    }
    pg::CopyBuffer inserted(std::uint64_t index) const {
        pg::CopyBuffer buffer;
        description.workload->session(description.identity)
            ->make_inserted_row(index, kind_of(*description.workload, "post"), 0, buffer);
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

    /// Shows the verifier all loaded rows but those of `hidden`, then `rows` of messages.
    ScanResult look(const std::vector<pg::CopyBuffer>& rows,
                    const std::set<std::pair<std::size_t, std::uint64_t>>& hidden = {}) {
        auto result = row_verifier().blank();
        for (std::size_t table = 0; table < 3; ++table)
            for (std::uint64_t row = 0; row < description.workload->row_count(table); ++row)
                if (!hidden.contains({table, row})) show(table, loaded(table, row), result);
        for (const auto& row : rows) show(messages_table, row, result);
        return result;
    }
    LedgerComparison count(ScanResult result) {
        ScanHistory history(row_verifier());
        history.begin_round();
        history.add(std::move(result));
        return compare_with_ledger(history, row_verifier(), stop_);
    }
    void show(std::size_t table, const pg::CopyBuffer& row, ScanResult& result) {
        row_verifier().check(table, {row.data(), row.size()}, result);
    }
    const Updates& updates() {
        row_verifier();
        return *updates_;
    }

    RunDescription description;
    std::shared_ptr<Ledger> ledger = std::make_shared<Ledger>();
    StopFlag stop_;

  private:
    std::optional<IssuedOperations> issued_;
    std::optional<Updates> updates_;
    std::optional<RowNames> names_;
    std::optional<RowVerifier> row_verifier_;
};

} // namespace citusbench::chat_test
