#include <algorithm>

#include "support/null_server.hpp"

namespace citusbench::test {
namespace {

void count(std::atomic<std::uint64_t>& counter) {
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

/// In [0, 1), evenly spread for consecutive numbers (the golden ratio's multiples modulo 1).
double spread(std::uint32_t number) {
    const double product = number * 0.6180339887498949;
    return product - static_cast<double>(static_cast<std::uint64_t>(product));
}

NullUnit row_unit(bool described, bool binary) {
    if (described) return binary ? NullUnit::row_described_binary : NullUnit::row_described_text;
    return binary ? NullUnit::row_binary : NullUnit::row_text;
}

} // namespace

/// How many of the bytes were taken in.
std::size_t NullServer::take_messages(std::uint32_t slot, std::string_view bytes, Ticks arrived) {
    auto& connection = *connections_[slot];
    std::size_t taken = 0;
    while (!closing_) {
        const auto rest = bytes.substr(taken);
        if (!connection.started) {
            const auto size = take_startup(connection, rest);
            if (size == 0) break;
            taken += size;
            continue;
        }
        const auto message = read_message(rest);
        if (message.size == 0) break;
        take_message(slot, message, arrived);
        taken += message.size;
    }
    return taken;
}

std::size_t NullServer::take_startup(Connection& connection, std::string_view bytes) {
    const auto startup = read_startup(bytes);
    if (startup.size == 0) return 0;
    if (startup.code == null_code_cancel) {
        count(cancels_);
        closing_ = true;
    } else if (startup.code == null_code_tls || startup.code == null_code_gss) {
        emit(connection, NullUnit::refusal, nullptr);
    } else {
        connection.started = true;
        --ungreeted_;
        count(started_);
        last_started_.store(now_ticks(), std::memory_order_relaxed);
        emit(connection, NullUnit::greeting, nullptr);
    }
    return startup.size;
}

void NullServer::take_message(std::uint32_t slot, const NullMessage& message, Ticks arrived) {
    auto& connection = *connections_[slot];
    if (message.type == 'X') closing_ = true;
    if (message.type == 'S') connection.skipping = false;
    if (connection.skipping || closing_) return;
    switch (message.type) {
    case 'B':
        connection.bind = read_bind(message.body);
        connection.described = false;
        break;
    case 'D':
        if (message.body.starts_with('S'))
            say(slot, NullUnit::described, arrived);
        else
            connection.described = true;
        break;
    case 'E':
        operate(slot, row_unit(connection.described, connection.bind.binary), arrived);
        break;
    case 'S':
        say(slot, NullUnit::ready, arrived);
        break;
    case 'P':
        say(slot, NullUnit::parsed, arrived);
        break;
    case 'C':
        say(slot, NullUnit::closed, arrived);
        break;
    case 'Q':
        connection.bind = {};
        operate(slot, answer_to_query(message.body), arrived);
        break;
    case 'H': // a flush: everything is flushed anyway
        break;
    default: // COPY, functions, passwords: nobody was asked for them
        closing_ = true;
    }
}

/// An operation has arrived: it is answered with `unit` when the script says so.
void NullServer::operate(std::uint32_t slot, NullUnit unit, Ticks arrived) {
    auto& connection = *connections_[slot];
    count(operations_);
    const auto number = operations_.load(std::memory_order_relaxed);
    const auto parameter = connection.bind.parameter;
    auto delay = script_.delay_of(script_.slow_by_parameter ? static_cast<std::uint64_t>(parameter)
                                                            : number);
    if (connection.first)
        delay += static_cast<Ticks>(spread(slot) * static_cast<double>(script_.stagger));
    connection.first = false;
    const bool is_query = unit >= NullUnit::query_row;
    const bool is_error = script_.error_every > 0 && number % script_.error_every == 0;
    if (is_error) {
        count(errors_);
        unit = connection.described && !is_query ? NullUnit::bound_error : NullUnit::error;
        connection.skipping = !is_query;
    }
    const NullAnswer answer{parameter, slot, arrived, 0, is_error};
    say(slot, unit, arrived + delay, &answer);
    if (is_error && is_query) say(slot, NullUnit::ready, arrived);
}

/// Says it when it is due, and never before what was asked for earlier on this connection.
void NullServer::say(std::uint32_t slot, NullUnit unit, Ticks due, const NullAnswer* answer) {
    auto& connection = *connections_[slot];
    if (connection.waiting == 0 && (!answer || due <= answer->arrived)) {
        emit(connection, unit, answer);
        return;
    }
    connection.last_due = connection.waiting == 0 ? due : std::max(due, connection.last_due);
    ++connection.waiting;
    waiting_.push_back({connection.last_due, sequence_++, slot, connection.generation, unit,
                        answer != nullptr, answer ? *answer : NullAnswer()});
    std::push_heap(waiting_.begin(), waiting_.end());
}

void NullServer::emit(Connection& connection, NullUnit unit, const NullAnswer* answer) {
    connection.output += bytes_of(unit);
    if (!answer || answers_.size() >= script_.remembered) return;
    answers_.push_back(*answer);
    answers_.back().answered = now_ticks();
}

void NullServer::deliver_due(Ticks now) {
    while (!waiting_.empty() && waiting_.front().due <= now) {
        if (waiting_.front().is_operation && free_at_ > now) return;
        std::pop_heap(waiting_.begin(), waiting_.end());
        const auto next = waiting_.back();
        waiting_.pop_back();
        auto& connection = *connections_[next.slot];
        if (!connection.fd || connection.generation != next.generation) continue; // gone
        --connection.waiting;
        if (next.is_operation) free_at_ = now + script_.pace;
        emit(connection, next.unit, next.is_operation ? &next.answer : nullptr);
        // An operation and its sync go out together.
        const bool more =
            !waiting_.empty() && waiting_.front().due <= now && waiting_.front().slot == next.slot;
        if (!more && !flush(next.slot)) close_one(next.slot);
    }
}

} // namespace citusbench::test
