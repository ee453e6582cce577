#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
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

/// Cuts what COPY … TO STDOUT (FORMAT binary) sends into rows, each byte for byte as CopyBuffer
/// makes it. Rows that lie whole in a piece are not copied.
class CopySplitter {
  public:
    /// Calls `take(row)` for every row that `piece` completes; the view lives as long as the call.
    /// Throws RunError if this is no such stream.
    template <typename Take>
    void feed(std::string_view piece, Take take) {
        if (!pending_.empty() || !header_seen_) {
            pending_ += piece;
            piece = pending_;
        }
        piece.remove_prefix(header_bytes(piece));
        while (header_seen_ && !ended_) {
            const auto bytes = row_bytes(piece);
            if (bytes == 0) break;
            if (!ended_) take(piece.substr(0, bytes));
            piece.remove_prefix(bytes);
        }
        pending_ = std::string(piece);
    }
    /// The end of the stream was seen.
    bool ended() const { return ended_; }

  private:
    std::size_t header_bytes(std::string_view piece);
    /// Of the row that `piece` begins with, or of the trailer; 0 if it is not all there yet.
    std::size_t row_bytes(std::string_view piece);

    std::string pending_;
    bool header_seen_ = false;
    bool ended_ = false;
};

/// Goes through the fields of a row in CopyBuffer's format.
class CopyFields {
  public:
    explicit CopyFields(std::string_view row);
    std::int16_t count() const { return count_; }
    /// The next field as it stands in the row, its length first; empty after the last.
    std::string_view next();
    /// Field number `column`, from 0; empty if there is none.
    static std::string_view at(std::string_view row, std::size_t column);

  private:
    std::string_view rest_;
    std::int16_t count_ = 0;
    std::int16_t taken_ = 0;
};

/// The bytes of a field; nothing where it is null.
std::optional<std::string_view> field_bytes(std::string_view field);
/// The value of a bigint field; nothing for null and for other lengths.
std::optional<std::int64_t> field_int8(std::string_view field);

} // namespace citusbench::pg
