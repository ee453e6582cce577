#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/outcome.hpp"
#include "core/time.hpp"
#include "stats/op_stats.hpp"

namespace citusbench {

/// Where an operation is counted: by its intended start, unless it met the beginning of a fault.
struct WindowKey {
    std::uint32_t segment = 0; ///< of the PhaseClock
    std::int32_t interval = 0; ///< of the time series; negative in the warm-up
    friend auto operator<=>(const WindowKey&, const WindowKey&) = default;
};

struct ErrorKey {
    std::uint32_t kind = 0;
    Outcome outcome = Outcome::failed;
    bool retried = false; ///< of a try that was not the last
    std::string sqlstate;
    std::string condition;
    std::string node;
    // NOLINTNEXTLINE(readability-implicit-bool-conversion): version 14 sees one in a bool's <=>
    friend auto operator<=>(const ErrorKey&, const ErrorKey&) = default;
};

struct ErrorCount {
    std::uint64_t count = 0;
    Ticks first = never;
    Ticks last = 0;
    std::string sample;
    void merge(const ErrorCount& other);
};

using ErrorMap = std::map<ErrorKey, ErrorCount>;

/// What one thread counted for one key since the last take(). merge() adds, so it does not
/// matter into how many pieces a window was cut.
struct Window {
    WindowKey key;
    std::vector<OpStats> cells;
    ErrorMap errors;
};

/// Counts the operations of one thread; not shared. take() moves whole windows out.
/// A cell is an operation kind, perhaps within a key group and of an entry: see CellLayout.
class Recorder {
  public:
    explicit Recorder(std::size_t cells) : cells_(cells) {}

    void scheduled(WindowKey key, std::uint32_t cell) { ++stats(key, cell).scheduled; }
    /// Takes one back, which is scheduled in another window. What was taken already is corrected
    /// by the sum: the numbers wrap around.
    void unscheduled(WindowKey key, std::uint32_t cell) { --stats(key, cell).scheduled; }

    /// `sent` matters for outcomes other than skipped.
    void completed(WindowKey key, std::uint32_t cell, Outcome outcome, Ticks intended, Ticks sent,
                   Ticks done, std::uint32_t rows) {
        auto& counted = stats(key, cell);
        const auto i = index_of(outcome);
        ++counted.outcomes[i];
        counted.rows += rows;
        counted.response[i].record(done - intended);
        if (outcome != Outcome::skipped) counted.service[i].record(done - sent);
    }

    void error(WindowKey key, std::uint32_t kind, Outcome outcome, bool retried,
               std::string_view sqlstate, std::string_view condition, std::string_view node,
               Ticks at, std::string_view message);

    /// Everything since the last call.
    std::vector<std::unique_ptr<Window>> take();

  private:
    OpStats& stats(WindowKey key, std::uint32_t cell) {
        if (!current_ || current_->key != key) [[unlikely]]
            select(key);
        return current_->cells[cell];
    }
    void select(WindowKey key);

    std::size_t cells_;
    std::vector<std::unique_ptr<Window>> windows_;
    Window* current_ = nullptr;
};

} // namespace citusbench
