#include "suite/statement_runner.hpp"

#include <poll.h>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace citusbench {
namespace {

constexpr Ticks connect_timeout = 10'000'000'000;
constexpr int stop_check_interval_ms = 100;

} // namespace

StatementRunner::StatementRunner(const LoadPlan& load, pg::Conninfo node, unsigned connections,
                                 const StopFlag& stop)
    : load_(load), node_(std::move(node)), stop_(stop),
      session_(load.workload->session(load.identity)), connections_(connections) {
    for (auto& connection : connections_) connection.pipeline = std::make_unique<pg::Pipeline>(1);
    connect_closed();
}

void StatementRunner::connect_closed() {
    const auto deadline = now_ticks() + connect_timeout;
    while (true) {
        bool all = true;
        for (auto& connection : connections_) {
            const auto state = connection.pipeline->state();
            if (state == pg::Pipeline::State::ready) continue;
            all = false;
            if (state != pg::Pipeline::State::closed) continue;
            if (now_ticks() >= deadline)
                throw RunError(
                    fmt::format("{}: {}", node_.address(), connection.pipeline->failure()));
            connection.pipeline->open(node_, load_.statements);
        }
        if (all) return;
        if (now_ticks() >= deadline)
            throw RunError(fmt::format("{} did not accept all {} connections within {:.0f} s",
                                       node_.address(), connections_.size(),
                                       to_seconds(connect_timeout)));
        wait(now_ticks() + 10'000'000);
    }
}

/// Handles socket events until something came or until `until`.
void StatementRunner::wait(Ticks until) {
    stop_.check();
    std::vector<pollfd> fds;
    for (const auto& connection : connections_) {
        const bool writes = connection.pipeline->wants_write();
        fds.push_back({connection.pipeline->socket(),
                       static_cast<short>(writes ? POLLIN | POLLOUT : POLLIN), 0});
    }
    const auto left_ms =
        std::clamp<Ticks>((until - now_ticks()) / 1'000'000 + 1, 1, stop_check_interval_ms);
    poll(fds.data(), fds.size(), static_cast<int>(left_ms));
    for (std::size_t i = 0; i < connections_.size(); ++i) {
        if (fds[i].revents == 0 || fds[i].fd < 0) continue;
        auto& connection = connections_[i];
        connection.pipeline->on_event((fds[i].revents & ~POLLOUT) != 0,
                                      (fds[i].revents & POLLOUT) != 0,
                                      [&](const pg::Reply& reply) { count(connection, reply); });
    }
}

void StatementRunner::send(SuiteConnection& connection, std::uint32_t kind, std::uint64_t index) {
    session_->make(index, kind, operation_);
    connection.index = index;
    connection.sent = now_ticks();
    ++row_->stats.scheduled;
    if (connection.pipeline->send(kind, operation_.params) && connection.pipeline->sync()) return;
    connection.pipeline->abandon([&](const pg::Reply& reply) { count(connection, reply); });
    if (connection.sent != 0) // it was refused before it was sent
        count(connection, {false, pg::CompletionKind::not_sent, 0, "",
                           connection.pipeline->failure(), nullptr});
}

void StatementRunner::count(SuiteConnection& connection, const pg::Reply& reply) {
    const auto now = now_ticks();
    const bool is_write = load_.workload->operations()[kind_].is_write;
    const auto outcome =
        reply.ok ? Outcome::ok
                 : pg::classify(reply.completion_kind, reply.sqlstate, is_write, load_.protocol);
    auto& stats = row_->stats;
    ++stats.outcomes[index_of(outcome)];
    if (reply.ok) stats.rows += reply.rows;
    const auto time = now - connection.sent;
    stats.service[index_of(outcome)].record(time);
    stats.response[index_of(outcome)].record(time);
    if (is_write) ledger_->record(connection.index, outcome, connection.sent, now);
    if (!reply.ok) note_error(reply, outcome, now);
    connection.sent = 0;
}

void StatementRunner::note_error(const pg::Reply& reply, Outcome outcome, Ticks now) {
    error_ = pg::one_line(reply.message);
    ErrorKey key;
    key.outcome = outcome;
    key.sqlstate = reply.sqlstate;
    key.condition = pg::condition_name(reply.completion_kind, reply.sqlstate);
    key.node = row_->node;
    row_->errors[key].merge({1, now, now, error_});
}

void StatementRunner::abort_late() {
    for (auto& connection : connections_) {
        if (connection.sent == 0 || now_ticks() < connection.sent + load_.timeout) continue;
        connection.pipeline->abandon([&](const pg::Reply& reply) {
            auto late = reply;
            late.completion_kind = pg::CompletionKind::deadline;
            late.message = "no answer within the timeout";
            count(connection, late);
        });
    }
}

bool StatementRunner::is_idle() const {
    return std::all_of(connections_.begin(), connections_.end(),
                       [](const SuiteConnection& connection) { return connection.sent == 0; });
}

void StatementRunner::run(std::uint32_t kind, std::deque<std::uint64_t> indices, Ledger& ledger,
                          SuiteRow& row) {
    kind_ = kind;
    ledger_ = &ledger;
    row_ = &row;
    connect_closed();
    const auto begun = now_ticks();
    while (!indices.empty() || !is_idle()) {
        for (auto& connection : connections_) {
            if (connection.sent != 0 || indices.empty()) continue;
            if (connection.pipeline->state() == pg::Pipeline::State::closed)
                connection.pipeline->open(node_, load_.statements);
            if (connection.pipeline->state() != pg::Pipeline::State::ready) continue;
            send(connection, kind, indices.front());
            indices.pop_front();
        }
        wait(now_ticks() + 10'000'000);
        abort_late();
        if (now_ticks() - begun >
            connect_timeout + 2 * load_.timeout * static_cast<Ticks>(row.stats.scheduled + 1))
            throw RunError(fmt::format("{} accepts no connection", node_.address()));
    }
    row.elapsed_s = to_seconds(now_ticks() - begun);
}

} // namespace citusbench
