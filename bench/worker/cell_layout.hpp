#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "load/route.hpp"
#include "stats/op_stats.hpp"
#include "worker/key_groups.hpp"

namespace citusbench {

/// Where operations are counted, and how the counts add up. There is a cell for each operation kind
/// in each key group. Counted by entry, these are one block, and a block of the same cells follows
/// for each entry, one for what was sent to every entry and one for what was never sent.
///
/// Everything is counted once: an operation is `scheduled` in the first block, because an open loop
/// does not know its entry yet, and its outcome is counted in the block of its entry. What an entry
/// was scheduled is what has its outcome there.
class CellLayout {
  public:
    enum class Keys : std::uint8_t { all, affected, unaffected };
    /// In place of a block's number: all of them together.
    static constexpr std::size_t every_block = SIZE_MAX;

    /// `groups`: null where keys are not told apart. `entries`: their names; empty where what is
    /// counted is not counted by entry.
    CellLayout(std::size_t kinds, std::shared_ptr<const KeyGroups> groups,
               const std::vector<std::string>& entries = {});

    /// Of a Recorder.
    std::size_t cells() const { return plain_ * (1 + blocks_.size()); }
    /// In the first block. `group`: of the shard, 0 without key groups.
    std::uint32_t cell(std::uint32_t kind, std::size_t group) const {
        return static_cast<std::uint32_t>(group * kinds_ + kind);
    }
    /// The same operation's cell in the block of its entry; only where there are blocks.
    std::uint32_t cell_of_entry(std::uint32_t cell, std::uint8_t entry) const {
        const std::size_t block = entry < every_entry    ? entry
                                  : entry == every_entry ? blocks_.size() - 2
                                                         : blocks_.size() - 1;
        return static_cast<std::uint32_t>((1 + block) * plain_) + cell;
    }

    bool has_groups() const { return groups_ != nullptr; }
    /// What the blocks of the entries stand for: the entries' names, "every", "none"; or nothing.
    const std::vector<std::string>& blocks() const { return blocks_; }
    /// Whether anything has its outcome in this block.
    bool is_used(std::span<const OpStats> cells, std::size_t block) const;
    /// The counts by operation kind, of one block or of all.
    std::vector<OpStats> sum(std::span<const OpStats> cells, Keys keys,
                             std::size_t block = every_block) const;

  private:
    std::size_t kinds_;
    std::size_t plain_; ///< cells of a block
    std::shared_ptr<const KeyGroups> groups_;
    std::vector<std::string> blocks_;
};

} // namespace citusbench
