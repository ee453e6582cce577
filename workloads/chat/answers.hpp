#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/distribution.hpp"
#include "workload/key_history.hpp"
#include "workload/replay_checker.hpp"
#include "workload/workload.hpp"
#include "workload/write_counter.hpp"
#include "workloads/chat/data.hpp"
#include "workloads/chat/session.hpp"

namespace citusbench::chat {

/// Checks every read of chat. Loaded messages and members are made again from their numbers, posts
/// from their indices, so that contents are compared byte for byte.
///
/// Values that edit, delete and mark_read may have changed may be any value that these could have
/// written: if the mix has them, and on a database that earlier runs used, since their operations
/// are not known. Messages of other runs may be there or not, so that counts have no upper bound
/// then.
class ChatAnswers final : public ReplayChecker {
  public:
    /// `data` and `rooms` must outlive it.
    ChatAnswers(const Data& data, const KeyChooser& rooms, const RunIdentity& identity,
                std::span<const double> weights);

    bool checks(std::uint32_t kind) const override;
    void add(const WriteOutcome& write) override;
    void forget_before(Ticks moment) override;

  private:
    static constexpr std::size_t loaded_fields = 9; ///< of messages, the widest table
    using Fields = std::array<std::string_view, loaded_fields>;
    struct Bounds {
        std::uint64_t least = 0;
        std::uint64_t most = 0;
    };
    /// Where a message stands: latest first.
    struct Rank {
        std::int64_t created_us = 0;
        std::int64_t id = 0;
        auto operator<=>(const Rank&) const = default;
    };
    /// The messages of an answer in the order of their rows.
    struct Seen {
        std::vector<std::uint64_t> posts;  ///< indices, descending
        std::vector<std::uint64_t> loaded; ///< numbers in the room, descending
        std::optional<Rank> last; ///< of a full page: what ranks below it need not be there
    };

    Session& session() override { return session_; }
    void check_operation(const Answer& answer) override;
    void check_latest(const Answer& answer);
    void check_page(const Answer& answer);
    void check_unread(const Answer& answer);
    void check_membership(const Answer& answer);
    void check_my_rooms(const Answer& answer);
    void check_count_all(const Answer& answer);

    // answers_messages.cpp: rows of messages
    void read_messages(const Answer& answer);
    Rank read_message(const Answer& answer, int row);
    void expect_post(const Answer& answer, int row, std::uint64_t index);
    void expect_loaded(const Answer& answer, int row, std::uint64_t number);
    bool is_text_of_pool(std::string_view text);
    void expect_posts_complete(const Answer& answer) const;
    void expect_loaded_complete(std::uint64_t below) const;

    std::uint64_t slot_of(std::uint64_t room, std::int64_t member) const;
    const Fields& loaded_row(Table table, std::uint64_t row);
    /// Number of the loaded message in its room that the member has read up to, as loaded; how many
    /// come after it.
    std::uint64_t unread_of_loaded(std::uint64_t room, std::uint64_t slot);
    void expect_count(const Answer& answer, Bounds bounds) const;

    const Data* data_;
    RunIdentity identity_;
    ChatSession session_;
    bool other_runs_; ///< messages of other runs may be there
    bool edits_;      ///< texts, deletions, marks of loaded rows may be other than loaded
    bool deletes_;
    bool marks_;
    std::unordered_map<std::uint64_t, KeyHistory> rooms_;
    std::optional<WriteCounter> all_posts_; ///< where count_all needs it
    Ticks forgotten_ = 0;

    // Of the answer that is checked; members, so that checking allocates little.
    Operation post_;
    std::uint64_t room_ = 0;
    Seen seen_;
    pg::CopyBuffer copied_;
    Fields fields_;
    std::vector<std::size_t> pool_hashes_; ///< of all texts of the pool, sorted; made when needed
};

} // namespace citusbench::chat
