#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "core/outcome.hpp"
#include "core/time.hpp"

namespace citusbench {

/// The outcome of every write of a run, by operation index, without its content, which is computed
/// again from (seed, run, index). Two bits an operation, and for each 256 operations of a thread
/// the time of the first send and of the last answer, which order updates of the same row: 100
/// million operations take 32 MB. Not thread-safe.
///
/// Thread t of T has the indices t, t + T, t + 2T, …, which keeps the operations of a block close
/// in time.
class Ledger {
  public:
    /// `none`: no write of this index has an outcome; it is a read's, or was never scheduled.
    enum class Mark : std::uint8_t { none, ok, failed, unknown };

    /// `run`: the number of the run; 0 where it is not known.
    explicit Ledger(unsigned threads = 1, std::uint64_t run = 0);

    /// A write ended. Skipped ones count as failed: nothing was sent. Times on one clock.
    void record(std::uint64_t index, Outcome outcome, Ticks sent, Ticks done);

    std::uint64_t run() const { return run_; }
    unsigned threads() const { return static_cast<unsigned>(pages_.size()); }
    /// Takes over the marks of another part of the same load. Throws std::invalid_argument if the
    /// parts had different numbers of threads, or both know of one operation.
    void merge(const Ledger& other);

    Mark mark(std::uint64_t index) const;
    /// One above the highest index that was recorded, or 0.
    std::uint64_t end() const { return end_; }
    /// The same, rounded up to a block of every thread: where the indices of a next load begin,
    /// so that no block holds writes of two loads.
    std::uint64_t end_of_block() const {
        const std::uint64_t step = block_size * threads();
        return (end_ + step - 1) / step * step;
    }
    std::uint64_t count(Mark mark) const { return counts_[static_cast<std::size_t>(mark)]; }
    /// True if write `a` had certainly ended before write `b` was sent; both must be recorded.
    bool precedes(std::uint64_t a, std::uint64_t b) const;

    /// ledger.bin: magic "citusbL2", then as little-endian uint64 the run number, the number of
    /// threads, end() and the number of blocks; then the blocks by thread and time: int64 first
    /// send, int64 last answer, 64 bytes of marks, operation i of the block in bits 2i and 2i + 1.
    /// Blocks without a write stand in it too. At the end an uint64: FNV-1a by words over all after
    /// the magic. A file of version 1 has neither run nor checksum. Throws RunError.
    void save(const std::filesystem::path& path) const;
    /// Throws RunError with the path and what is wrong with it.
    static Ledger load(const std::filesystem::path& path);

    std::size_t memory_bytes() const;

  private:
    static constexpr std::uint64_t block_size = 256;
    static constexpr std::uint64_t blocks_a_page = 64;
    struct Block {
        Ticks first_sent = never;
        Ticks last_done = 0;
        std::array<std::uint64_t, block_size / 32> marks{};
    };
    using Page = std::array<Block, blocks_a_page>;
    struct Place {
        std::size_t thread;
        std::uint64_t block;
        unsigned slot;
    };

    Place locate(std::uint64_t index) const;
    const Block* find(std::size_t thread, std::uint64_t block) const;
    Block& get_or_create(std::size_t thread, std::uint64_t block);
    std::uint64_t blocks_of(std::size_t thread) const;
    void count_marks(const Block& block);

    std::uint64_t run_;
    std::vector<std::vector<std::unique_ptr<Page>>> pages_; ///< by thread
    std::uint64_t end_ = 0;
    std::array<std::uint64_t, 4> counts_{};
};

} // namespace citusbench
