#pragma once

#include "support/answer_builder.hpp"
#include "unit/chat_support.hpp"

namespace citusbench::chat_test {

using test::BinaryRow;

inline const std::vector<std::string> message_columns = {
    "id", "sender_id", "message_type", "text", "status", "parent_message_id", "created_at"};

template <typename Integer>
std::string wire(Integer value) {
    const auto bytes = pg::to_wire(value);
    return {bytes.begin(), bytes.end()};
}

/// What a database would answer that holds the loaded rows and some posts, worked out the long way.
class ChatAnswersTest : public testing::Test {
  protected:
    explicit ChatAnswersTest(std::uint64_t run = 1) : run_(run) {
        session_ = chat_->session({run, load_time_us, run_time_us});
        use_mix({70, 20, 5, 5, 1, 1, 0, 0, 0, 1});
    }
    void use_mix(std::vector<double> weights) {
        checker_ = chat_->answer_checker({run_, load_time_us, run_time_us}, weights);
    }

    Operation operation(std::string_view kind, std::uint64_t index) const {
        Operation made;
        session_->make(index, kind_of(*chat_, kind), made);
        return made;
    }
    /// The first index from `from` on of an operation of this kind in this room.
    std::uint64_t index_in(std::int64_t room, std::string_view kind, std::uint64_t from) const {
        while (operation(kind, from).key.number != room) ++from;
        return from;
    }

    /// An acknowledged post that is in the database.
    void post(std::uint64_t index, Ticks sent, Ticks done, Outcome outcome = Outcome::ok,
              bool visible = true) {
        checker_->add({index, kind_of(*chat_, "post"), outcome, sent, done});
        if (visible) posts_.push_back(index);
    }

    BinaryRow post_row(std::uint64_t index) const {
        const auto p = params_of(operation("post", index));
        return {p[1], p[2], wire<std::int16_t>(0), p[3], wire<std::int16_t>(0), {}, p[4]};
    }
    /// All messages of a room, latest first.
    std::vector<BinaryRow> messages_of(std::int64_t room) const {
        std::vector<BinaryRow> rows;
        for (const auto& row : messages_)
            if (int8_of(row[0]) == room)
                rows.push_back({row[1], row[2], row[3], row[4], row[5], row[7], row[8]});
        for (const auto index : posts_)
            if (operation("post", index).key.number == room) rows.push_back(post_row(index));
        std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
            return std::pair(int8_of(a[6]), int8_of(a[0])) >
                   std::pair(int8_of(b[6]), int8_of(b[0]));
        });
        return rows;
    }
    std::vector<BinaryRow> latest_of(std::int64_t room) const {
        auto rows = messages_of(room);
        if (rows.size() > 50) rows.resize(50);
        return rows;
    }
    std::int64_t unread_of(std::uint64_t index) const {
        const auto p = params_of(operation("unread", index));
        std::int64_t read = 0;
        for (const auto& row : members_)
            if (*row[0] == p[0] && *row[2] == p[1] && row[6]) read = int8_of(row[6]);
        const auto rows = messages_of(int8_of(p[0]));
        return std::count_if(rows.begin(), rows.end(),
                             [&](const auto& row) { return int8_of(row[0]) > read; });
    }

    /// What the checker says; "" where the answer may be so.
    std::string check(std::string_view kind, std::uint64_t index,
                      const std::vector<std::string>& columns, const std::vector<BinaryRow>& rows,
                      Ticks sent = 1000, Ticks done = 1100) const {
        return checker_
            ->check({index, kind_of(*chat_, kind), sent, done, test::make_result(columns, rows)})
            .value_or("");
    }
    std::string check_latest(std::int64_t room, const std::vector<BinaryRow>& rows,
                             Ticks sent = 1000, Ticks done = 1100) const {
        return check("latest", index_in(room, "latest", 0), message_columns, rows, sent, done);
    }
    std::string check_count(std::string_view kind, std::uint64_t index, std::int64_t count) const {
        return check(kind, index, {"count"}, {{wire(count)}});
    }
    static void expect_says(const std::string& text, std::string_view part) {
        EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
    }

    std::uint64_t run_;
    std::unique_ptr<Workload> chat_ = make_chat({{"rooms", "20"}});
    std::vector<BinaryRow> messages_ = table_rows(*chat_, messages_table);
    std::vector<BinaryRow> members_ = table_rows(*chat_, members_table);
    std::unique_ptr<Session> session_;
    std::unique_ptr<AnswerChecker> checker_;
    std::vector<std::uint64_t> posts_; ///< in the database
};

} // namespace citusbench::chat_test
