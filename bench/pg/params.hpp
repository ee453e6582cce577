#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace citusbench::pg {

/// The binary parameters of one statement, as PQsendQueryPrepared takes them. Fixed-size values are
/// stored inside; add_text() and add_bytes() keep the caller's pointer, which must stay valid until
/// the statement is sent. Filling it allocates nothing.
class Params {
  public:
    static constexpr std::size_t max_count = 320; ///< insert_100 needs three a row and a few more

    void clear() { count_ = 0; }
    void add_int2(std::int16_t value);
    void add_int4(std::int32_t value);
    void add_int8(std::int64_t value);
    void add_float8(double value);
    void add_bool(bool value);
    /// `timestamptz` from microseconds since the Unix epoch, UTC.
    void add_timestamp(std::int64_t unix_us);
    void add_text(std::string_view text);
    void add_bytes(std::span<const std::byte> bytes);

    int count() const { return count_; }
    const char* const* values() const { return values_.data(); }
    const int* lengths() const { return lengths_.data(); }
    /// All ones: binary.
    static const int* formats();

  private:
    void add_inside(const void* bytes, int length);

    int count_ = 0;
    std::array<const char*, max_count> values_;
    std::array<int, max_count> lengths_;
    std::array<std::array<char, 8>, max_count> inside_;
};

} // namespace citusbench::pg
