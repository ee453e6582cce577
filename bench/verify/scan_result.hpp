#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

namespace citusbench {

/// A fixed number of bits.
class Bits {
  public:
    explicit Bits(std::uint64_t size = 0) : words_((size + 63) / 64) {}

    bool test(std::uint64_t i) const { return ((words_[i / 64] >> (i % 64)) & 1U) != 0; }
    /// Sets bit `i`; whether it was set before.
    bool test_and_set(std::uint64_t i) {
        auto& word = words_[i / 64];
        const auto mask = std::uint64_t{1} << (i % 64);
        const bool before = (word & mask) != 0;
        word |= mask;
        return before;
    }
    void fill() { words_.assign(words_.size(), ~std::uint64_t{0}); }
    /// Both operands have the same size.
    void and_with(const Bits& other) {
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    }
    void or_with(const Bits& other) {
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    }

  private:
    std::vector<std::uint64_t> words_;
};

/// Offenders of a check: all are counted, the first are named.
struct Violations {
    static constexpr std::uint64_t max_named = 20;

    std::uint64_t count = 0;
    std::vector<std::string> named;

    /// `text()` is called for those that are named.
    template <typename Text>
    void add(Text text) {
        if (count++ < max_named) named.push_back(text());
    }
    /// Adds the offenders of another one; the two are disjoint.
    void append(const Violations& other) {
        count += other.count;
        for (const auto& text : other.named)
            if (named.size() < max_named) named.push_back(text);
    }
};

/// What one scan of the tables showed.
struct ScanResult {
    std::vector<Bits> loaded; ///< by table: the loaded rows that are there
    Bits inserted;            ///< the inserted rows that are there, by IssuedOperations::slot()
    Bits outdated;            ///< records of Updates whose acknowledged update is not there
    Violations duplicated;
    Violations unexpected; ///< rows that no operation issued, values of failed updates
    Violations corrupted;
    Violations
        misrouted; ///< rows in a cluster that does not own their key; not checked any further
    std::uint64_t rows = 0;
    std::uint64_t rows_of_other_runs = 0;
    std::uint64_t values_of_other_runs = 0; ///< of changeable columns, so not checked
    std::string problem;                    ///< why it did not come to its end; empty if it did
};

} // namespace citusbench
