#include <algorithm>
#include <utility>

#include "worker/worker.hpp"

namespace citusbench {
namespace {

/// So long after a failed look at an entry, or after a connection had to leave it, it is looked at
/// again.
constexpr Ticks look_home_every = 1'000'000'000;
constexpr Ticks longest_look = 5'000'000'000;

using State = pg::Pipeline::State;

} // namespace

/// Connections are numbered thread by thread, so that those of each thread and those of all threads
/// together are spread by the weights.
void Worker::make_links() {
    const auto count_of = [&](unsigned thread) {
        return (plan_.connections - thread + plan_.threads - 1) / plan_.threads;
    };
    std::size_t first = 0;
    for (unsigned thread = 0; thread < thread_; ++thread) first += count_of(thread);
    std::vector<unsigned> weights;
    for (const auto& entry : plan_.entries)
        weights.push_back(plan_.route == Route::hash ? 1 : entry.weight);
    const auto entries = spread_connections(weights, first + count_of(thread_));
    std::vector<std::size_t> turns(plan_.entries.size(), thread_);
    for (auto i = first; i < entries.size(); ++i) {
        const auto entry = entries[i];
        links_.push_back(std::make_unique<Link>(plan_.depth, entry, turns[entry]++));
        links_.back()->queue = &queues_[clusters_.clusters() > 1 ? entry : 0];
    }
}

EntryQueue& Worker::queue_of(const Waiting& operation) {
    return queues_[clusters_.clusters() > 1 ? operation.entry : 0];
}

void Worker::serve_queues(Ticks now) {
    for (auto& queue : queues_)
        if (!queue.waiting.empty()) expire(queue, now);
    for (auto& queue : queues_)
        if (!queue.waiting.empty()) dispatch(queue);
}

void Worker::skip_queued(Ticks now) {
    for (auto& queue : queues_) {
        while (!queue.waiting.empty()) {
            const auto operation = queue.waiting.front();
            queue.waiting.pop_front();
            skip(operation, now);
        }
    }
}

void Worker::expire(EntryQueue& queue, Ticks now) {
    const bool drop = now >= control_->drop_waiting.load(std::memory_order_relaxed);
    while (!queue.waiting.empty() && (drop || queue.waiting.front().due + plan_.timeout <= now)) {
        const auto operation = queue.waiting.front();
        queue.waiting.pop_front();
        skip(operation, now);
    }
}

std::uint32_t Worker::cell_by_entry(const Waiting& operation) const {
    const auto entries = plan_.entries.size();
    const auto counted = plan_.cells() / (1 + EntryCells::blocks(entries));
    const auto block = 1 + EntryCells::block_of(operation.entry, entries);
    return static_cast<std::uint32_t>(block * counted) + operation.cell;
}

/// A part for each cluster; all of them are the same operation.
void Worker::scatter(const Waiting& operation) {
    if (free_places_.empty()) {
        scattered_.emplace_back();
        free_places_.push_back(scattered_.size());
    }
    const auto place = free_places_.back();
    free_places_.pop_back();
    scattered_[place - 1].whole = operation;
    scattered_[place - 1].parts_left = queues_.size();
    auto part = operation;
    part.part_of = static_cast<std::uint32_t>(place);
    for (std::size_t entry = 0; entry < queues_.size(); ++entry) {
        part.entry = static_cast<std::uint8_t>(entry);
        queues_[entry].waiting.push_back(part);
    }
}

void Worker::end_part(const Waiting& part, Outcome outcome, Ticks sent, Ticks done,
                      std::uint32_t rows, pg::ResultPtr* answer) {
    auto& operation = scattered_[part.part_of - 1];
    if (part.tries > 0) open_tries_.erase(open_tries_.find(part.first_sent));
    ++operation.outcomes[index_of(outcome)];
    if (outcome == Outcome::skipped) operation.not_sent.push_back(part.entry);
    const auto began = part.first_sent != 0 ? part.first_sent : sent;
    if (began != 0 && (operation.first_sent == 0 || began < operation.first_sent))
        operation.first_sent = began;
    operation.last_done = std::max(operation.last_done, done);
    operation.rows += rows;
    if (answer && *answer) operation.answers.emplace_back(std::move(*answer));
    if (--operation.parts_left > 0) return;
    gather(std::exchange(operation, ScatteredOperation()));
    free_places_.push_back(part.part_of);
}

/// The last part has its outcome. What was sent in part was sent; a write that happened in part may
/// be taken for neither.
void Worker::gather(ScatteredOperation operation) {
    const auto parts = queues_.size();
    const auto count = [&](Outcome outcome) { return operation.outcomes[index_of(outcome)]; };
    auto outcome = Outcome::failed;
    for (const auto same : {Outcome::ok, Outcome::skipped})
        if (count(same) == parts) outcome = same;
    const bool is_split = outcome == Outcome::failed && count(Outcome::ok) > 0;
    if (count(Outcome::unknown) > 0 || (is_split && is_write_[operation.whole.kind]))
        outcome = Outcome::unknown;
    auto whole = operation.whole;
    whole.first_sent = operation.first_sent;
    if (outcome != Outcome::skipped)
        for (const auto entry : operation.not_sent)
            recorder_.error(whole.key, whole.kind, outcome, false, "", "not_sent",
                            plan_.entries[entry].name, operation.last_done,
                            "no connection to this entry in time, for a part of the operation");
    if (outcome == Outcome::ok && operation.answers.size() == parts) {
        Answer answer{whole.index,
                      whole.kind,
                      operation.first_sent,
                      operation.last_done,
                      std::move(operation.answers.front()),
                      {},
                      plan_.workload->operations()[whole.kind].gathering};
        for (std::size_t i = 1; i < parts; ++i)
            answer.others.push_back(std::move(operation.answers[i]));
        answers_.push_back(std::move(answer));
    }
    complete(whole, outcome, operation.first_sent, operation.last_done, operation.rows);
    free_queued_slot(outcome == Outcome::skipped ? Outcome::ok : outcome, operation.last_done);
}

/// Entries at which a connection may be.
std::size_t Worker::choices() const {
    return clusters_.clusters() > 1 ? 1 : plan_.entries.size();
}

/// After a loss or a refusal the next attempt is another entry's.
void Worker::move_on(Link& link, Ticks now) {
    if (choices() == 1) return;
    link.entry = entry_of_attempt(link.home, link.turn, ++link.attempt, choices());
    if (link.entry == link.home) link.attempt = 0;
    look_home_at_ = std::min(look_home_at_, now + look_home_every);
    mend_at_ = std::min(mend_at_, look_home_at_);
}

/// One that works away from home; they take turns.
Link* Worker::displaced_link() {
    const auto first = std::find_if(links_.begin(), links_.end(),
                                    [&](const auto& link) { return link.get() == scouting_for_; });
    const auto begin = first == links_.end() ? 0 : first - links_.begin() + 1;
    for (std::size_t i = 0; i < links_.size(); ++i) {
        auto& link = links_[(static_cast<std::size_t>(begin) + i) % links_.size()];
        if (link->attempt != 0 && link->pipeline.state() == State::ready) return link.get();
    }
    return nullptr;
}

/// Connections go home one at a time, and only after another connection found that the entry there
/// answers: nothing that works is given up for an attempt. When to look again.
Ticks Worker::look_home(Ticks now) {
    if (now < look_home_at_) return look_home_at_;
    if (scout_ && scout_->pipeline.state() != State::closed) {
        if (now < scout_->connect_deadline) return look_home_at_ = scout_->connect_deadline;
        end_scouting(false, now);
        return look_home_at_;
    }
    // The last one to go is not there yet.
    if (scouting_for_ && scouting_for_->attempt == 0 &&
        scouting_for_->pipeline.state() != State::ready)
        return look_home_at_ = now + look_home_every;
    const auto any_leaving = [](const auto& link) { return link->leaving; };
    const auto any_away = [](const auto& link) { return link->attempt != 0; };
    auto* link =
        std::any_of(links_.begin(), links_.end(), any_leaving) ? nullptr : displaced_link();
    if (!link) {
        const bool done = std::none_of(links_.begin(), links_.end(), any_away);
        return look_home_at_ = done ? never : now + look_home_every;
    }
    static const std::vector<pg::Statement> nothing_to_prepare;
    scouting_for_ = link;
    scout_ = std::make_unique<Link>(1, link->home, 0);
    scout_->connect_deadline = now + std::min(plan_.timeout, longest_look);
    const auto& conninfo = plan_.entries[link->home].conninfo_for(cost_.reconnects);
    if (!scout_->pipeline.open(conninfo, nothing_to_prepare)) {
        end_scouting(false, now);
        return look_home_at_;
    }
    poll_for(*scout_);
    return look_home_at_ = scout_->connect_deadline;
}

void Worker::end_scouting(bool home_answers, Ticks now) {
    scout_->pipeline.abandon([](const pg::Reply&) {});
    look_home_at_ = now + look_home_every;
    mend_at_ = std::min(mend_at_, look_home_at_);
    auto& link = *scouting_for_;
    if (!home_answers || link.attempt == 0 || link.pipeline.state() != State::ready) return;
    link.leaving = true;
    if (link.in_flight.empty()) go_home(link, now);
}

/// Nothing of it is in flight; what waits for it waits until it is connected again.
void Worker::go_home(Link& link, Ticks now) {
    link.pipeline.abandon([](const pg::Reply&) {});
    link.leaving = false;
    link.was_ready = false;
    link.attempt = 0;
    link.entry = link.home;
    link.polled_socket = -1;
    link.connect_deadline = never;
    link.failures = 0;
    link.retry_at = now;
    mend_at_ = 0;
}

} // namespace citusbench
