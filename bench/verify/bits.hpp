#pragma once

#include <bit>
#include <cstdint>
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

} // namespace citusbench
