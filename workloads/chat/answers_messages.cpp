#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "core/quantity.hpp"
#include "workload/binary_values.hpp"
#include "workloads/chat/answers.hpp"

namespace citusbench::chat {
namespace {

constexpr int max_messages = static_cast<int>(KeyHistory::page);

// Columns of latest and page.
constexpr int id_column = 0;
constexpr int sender_column = 1;
constexpr int type_column = 2;
constexpr int text_column = 3;
constexpr int status_column = 4;
constexpr int parent_column = 5;
constexpr int created_column = 6;
constexpr int message_columns = 7;

std::string ago(Ticks ticks) {
    return format_duration(Nanoseconds(ticks));
}

/// The index is `wanted`, or `seen` stands before it; both descend.
template <typename Container>
bool has(const Container& seen, std::size_t& at, std::uint64_t wanted) {
    while (at < seen.size() && seen[at] > wanted) ++at;
    return at < seen.size() && seen[at] == wanted;
}

} // namespace

/// Fills seen_. Every message must be one that can be there, in its place and as it was written.
void ChatAnswers::read_messages(const Answer& answer) {
    seen_.posts.clear();
    seen_.loaded.clear();
    seen_.last.reset();
    expect_columns(answer.result, message_columns);
    const int rows = answer.result.rows();
    if (rows > max_messages)
        throw WrongAnswer(fmt::format("{} messages where 50 were asked for", rows));
    std::optional<Rank> above;
    for (int row = 0; row < rows; ++row) {
        const auto rank = read_message(answer, row);
        if (above && rank == *above)
            throw WrongAnswer(fmt::format("message {} is there twice", rank.id));
        if (above && *above < rank)
            throw WrongAnswer(
                fmt::format("message {} stands above the later message {}", above->id, rank.id));
        above = rank;
    }
    if (rows == max_messages) seen_.last = above;
}

ChatAnswers::Rank ChatAnswers::read_message(const Answer& answer, int row) {
    const Rank rank{timestamp_in(answer.result.text(row, created_column)),
                    int8_in(answer.result.text(row, id_column))};
    const auto run = run_of_row(rank.id);
    if (run == identity_.run) {
        if (rank.id != row_id(run, index_of_row(rank.id)))
            throw WrongAnswer(fmt::format("no operation makes a message {}", rank.id));
        expect_post(answer, row, index_of_row(rank.id));
        seen_.posts.push_back(index_of_row(rank.id));
    } else if (run == 0) {
        const auto messages = data_->scale().messages_per_room;
        const auto number = static_cast<std::uint64_t>(rank.id) - 1 - room_ * messages;
        if (number >= messages)
            throw WrongAnswer(fmt::format("message {} is none of this room", rank.id));
        expect_loaded(answer, row, number);
        seen_.loaded.push_back(number);
    } else {
        other_runs_ = true;
    }
    return rank;
}

void ChatAnswers::expect_post(const Answer& answer, int row, std::uint64_t index) {
    const auto id = row_id(identity_.run, index);
    const auto wrong = [&](const char* what) {
        return WrongAnswer(fmt::format("message {} (post {}) {}", id, index, what));
    };
    post_.params.clear();
    session_.make(index, static_cast<std::uint32_t>(Kind::post), post_);
    // $1 room, $2 id, $3 sender, $4 text, $5 created_at
    if (static_cast<std::uint64_t>(post_.key.number - 1) != room_)
        throw wrong("was not written into this room");
    const auto found = rooms_.find(room_);
    const auto* post = found == rooms_.end() ? nullptr : found->second.find(index);
    if (post == nullptr && !(found != rooms_.end() && found->second.may_be_counted(index)))
        throw wrong("is there, though its write failed or was never sent");
    if (post != nullptr && !post->may_be_in(answer))
        throw wrong("was sent only after this answer had come");
    const auto& result = answer.result;
    if (result.text(row, sender_column) != param_bytes(post_.params, 2))
        throw wrong("has a wrong sender");
    if (result.text(row, text_column) != param_bytes(post_.params, 3))
        throw wrong("has a wrong text");
    if (result.text(row, created_column) != param_bytes(post_.params, 4))
        throw wrong("has a wrong time");
    if (integer_in<std::int16_t>(result.text(row, type_column)) != 0 ||
        integer_in<std::int16_t>(result.text(row, status_column)) != 0 ||
        !result.is_null(row, parent_column))
        throw wrong("has a wrong type, status or parent");
}

void ChatAnswers::expect_loaded(const Answer& answer, int row, std::uint64_t number) {
    const auto& fields =
        loaded_row(Table::messages, room_ * data_->scale().messages_per_room + number);
    const auto& result = answer.result;
    const auto wrong = [&](const char* what) {
        return WrongAnswer(fmt::format("loaded message {} has a wrong {}",
                                       data_->message_id(room_, number), what));
    };
    const auto text = result.text(row, text_column);
    if (text != fields[4] && !(edits_ && is_text_of_pool(text))) throw wrong("text");
    if (result.text(row, sender_column) != fields[2]) throw wrong("sender");
    if (result.text(row, type_column) != fields[3]) throw wrong("type");
    if (result.text(row, status_column) != fields[5]) throw wrong("status");
    if (result.text(row, parent_column) != fields[7]) throw wrong("parent");
    if (result.text(row, created_column) != fields[8]) throw wrong("time");
}

bool ChatAnswers::is_text_of_pool(std::string_view text) {
    const std::hash<std::string_view> hash;
    if (pool_hashes_.empty()) {
        for (std::size_t i = 0; i < TextPool::count(); ++i)
            pool_hashes_.push_back(hash(data_->texts().at(i)));
        std::sort(pool_hashes_.begin(), pool_hashes_.end());
    }
    return std::binary_search(pool_hashes_.begin(), pool_hashes_.end(), hash(text));
}

void ChatAnswers::expect_posts_complete(const Answer& answer) const {
    const auto found = rooms_.find(room_);
    if (found == rooms_.end()) return;
    const auto posts = found->second.inserts();
    std::size_t at = 0;
    // NOLINTNEXTLINE(modernize-loop-convert): clang 14 has no std::views::reverse for this
    for (auto post = posts.rbegin(); post != posts.rend(); ++post) {
        const Rank rank{identity_.run_time_us + static_cast<std::int64_t>(post->index),
                        row_id(identity_.run, post->index)};
        if (seen_.last && rank < *seen_.last) return;
        if (!post->must_be_in(answer) || has(seen_.posts, at, post->index)) continue;
        throw WrongAnswer(
            fmt::format("message {} (post {}) is missing, acknowledged {} before this was asked",
                        rank.id, post->index, ago(answer.sent - post->done)));
    }
}

/// The loaded messages whose number is below `below`.
void ChatAnswers::expect_loaded_complete(std::uint64_t below) const {
    if (deletes_) return;
    std::size_t at = 0;
    for (auto number = below; number-- > 0;) {
        const Rank rank{data_->message_time_us(room_, number, identity_.load_time_us),
                        data_->message_id(room_, number)};
        if (seen_.last && rank < *seen_.last) return;
        if (!has(seen_.loaded, at, number))
            throw WrongAnswer(fmt::format("loaded message {} is missing", rank.id));
    }
}

} // namespace citusbench::chat
