#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace citusbench::pg {

/// Rows in the binary format of COPY (PostgreSQL documentation, "COPY: Binary Format"), without the
/// file's header and trailer, which the loader adds. A row is begin_row(number of fields), then
/// exactly that many fields.
class CopyBuffer {
  public:
    void begin_row(std::int16_t fields);
    void add_null();
    void add_int2(std::int16_t value);
    void add_int4(std::int32_t value);
    void add_int8(std::int64_t value);
    void add_float8(double value);
    void add_bool(bool value);
    /// `timestamptz` from microseconds since the Unix epoch, UTC.
    void add_timestamp(std::int64_t unix_us);
    void add_text(std::string_view text);
    void add_bytes(std::span<const std::byte> bytes);

    void append(const CopyBuffer& other);
    /// A row as copy_out() yields it.
    void append(std::string_view row);
    void clear() { bytes_.clear(); }
    std::size_t size() const { return bytes_.size(); }
    const char* data() const { return bytes_.data(); }

  private:
    char* grow(std::size_t bytes);
    std::vector<char> bytes_;
};

} // namespace citusbench::pg
