#include "suite/statement_runner.hpp"

#include <poll.h>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace citusbench {
namespace {

constexpr Ticks connect_patience = 10'000'000'000;
constexpr int look_at_stop_ms = 100;

} // namespace

StatementRunner::StatementRunner(const LoadPlan& load, pg::Conninfo node, unsigned connections,
                                 const StopFlag& stop)
    : load_(load), node_(std::move(node)), stop_(stop),
      session_(load.workload->session(load.identity)), lanes_(connections) {
    for (auto& lane : lanes_) lane.pipeline = std::make_unique<pg::Pipeline>(1);
    connect_closed();
}

void StatementRunner::connect_closed() {
    const auto deadline = now_ticks() + connect_patience;
    while (true) {
        bool all = true;
        for (auto& lane : lanes_) {
            const auto state = lane.pipeline->state();
            if (state == pg::Pipeline::State::ready) continue;
            all = false;
            if (state != pg::Pipeline::State::closed) continue;
            if (now_ticks() >= deadline)
                throw RunError(fmt::format("{}: {}", node_.address(), lane.pipeline->failure()));
            lane.pipeline->open(node_, load_.statements);
        }
        if (all) return;
        if (now_ticks() >= deadline)
            throw RunError(fmt::format("{} does not let all of {} connections in within {:.0f} s",
                                       node_.address(), lanes_.size(),
                                       to_seconds(connect_patience)));
        wait(now_ticks() + 10'000'000);
    }
}

/// Lets what has come be seen, until something came or `until`.
void StatementRunner::wait(Ticks until) {
    stop_.check();
    std::vector<pollfd> fds;
    for (const auto& lane : lanes_) {
        const bool writes = lane.pipeline->wants_write();
        fds.push_back(
            {lane.pipeline->socket(), static_cast<short>(writes ? POLLIN | POLLOUT : POLLIN), 0});
    }
    const auto left_ms =
        std::clamp<Ticks>((until - now_ticks()) / 1'000'000 + 1, 1, look_at_stop_ms);
    poll(fds.data(), fds.size(), static_cast<int>(left_ms));
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
        if (fds[i].revents == 0 || fds[i].fd < 0) continue;
        auto& lane = lanes_[i];
        lane.pipeline->on_event((fds[i].revents & ~POLLOUT) != 0, (fds[i].revents & POLLOUT) != 0,
                                [&](const pg::Reply& reply) { count(lane, reply); });
    }
}

void StatementRunner::send(Lane& lane, std::uint32_t kind, std::uint64_t index) {
    session_->make(index, kind, operation_);
    lane.index = index;
    lane.sent = now_ticks();
    ++row_->stats.scheduled;
    if (lane.pipeline->send(kind, operation_.params) && lane.pipeline->sync()) return;
    lane.pipeline->abandon([&](const pg::Reply& reply) { count(lane, reply); });
    if (lane.sent != 0) // it was refused before it was on its way
        count(lane, {false, pg::Ending::not_sent, 0, "", lane.pipeline->failure(), nullptr});
}

void StatementRunner::count(Lane& lane, const pg::Reply& reply) {
    const auto now = now_ticks();
    const bool is_write = load_.workload->operations()[kind_].is_write;
    const auto outcome = reply.ok
                             ? Outcome::ok
                             : pg::classify(reply.ending, reply.sqlstate, is_write, load_.protocol);
    auto& stats = row_->stats;
    ++stats.outcomes[index_of(outcome)];
    if (reply.ok) stats.rows += reply.rows;
    const auto time = now - lane.sent;
    stats.service[index_of(outcome)].record(time);
    stats.response[index_of(outcome)].record(time);
    if (is_write) ledger_->record(lane.index, outcome, lane.sent, now);
    if (!reply.ok) note_error(reply, outcome, now);
    lane.sent = 0;
}

void StatementRunner::note_error(const pg::Reply& reply, Outcome outcome, Ticks now) {
    trouble_ = pg::one_line(reply.message);
    ErrorKey key;
    key.outcome = outcome;
    key.sqlstate = reply.sqlstate;
    key.condition = pg::condition_name(reply.ending, reply.sqlstate);
    key.node = row_->node;
    row_->errors[key].merge({1, now, now, trouble_});
}

void StatementRunner::give_up_late() {
    for (auto& lane : lanes_) {
        if (lane.sent == 0 || now_ticks() < lane.sent + load_.timeout) continue;
        lane.pipeline->abandon([&](const pg::Reply& reply) {
            auto late = reply;
            late.ending = pg::Ending::deadline;
            late.message = "no answer within the timeout";
            count(lane, late);
        });
    }
}

bool StatementRunner::is_idle() const {
    return std::all_of(lanes_.begin(), lanes_.end(),
                       [](const Lane& lane) { return lane.sent == 0; });
}

void StatementRunner::run(std::uint32_t kind, std::deque<std::uint64_t> indices, Ledger& ledger,
                          SuiteRow& row) {
    kind_ = kind;
    ledger_ = &ledger;
    row_ = &row;
    connect_closed();
    const auto begun = now_ticks();
    while (!indices.empty() || !is_idle()) {
        for (auto& lane : lanes_) {
            if (lane.sent != 0 || indices.empty()) continue;
            if (lane.pipeline->state() == pg::Pipeline::State::closed)
                lane.pipeline->open(node_, load_.statements);
            if (lane.pipeline->state() != pg::Pipeline::State::ready) continue;
            send(lane, kind, indices.front());
            indices.pop_front();
        }
        wait(now_ticks() + 10'000'000);
        give_up_late();
        if (now_ticks() - begun >
            connect_patience + 2 * load_.timeout * static_cast<Ticks>(row.stats.scheduled + 1))
            throw RunError(fmt::format("{} lets no connection in", node_.address()));
    }
    row.elapsed_s = to_seconds(now_ticks() - begun);
}

} // namespace citusbench
