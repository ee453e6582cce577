#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/random.hpp"

namespace citusbench::chat {

/// Message texts of a fixed length: windows on one text of ASCII words that the seed determines.
/// A window costs no copy and no allocation, and there are 2^16 of them.
class TextPool {
  public:
    TextPool(std::uint64_t seed, std::size_t message_bytes);

    /// A text of exactly message_bytes bytes that lives as long as the pool.
    std::string_view pick(Random& random) const;
    /// All that pick() can give: at(i) for i below count().
    static std::size_t count();
    std::string_view at(std::size_t i) const;

  private:
    std::string words_;
    std::size_t message_bytes_;
};

} // namespace citusbench::chat
