#include "pg/copy_rows.hpp"

#include <bit>
#include <cstring>

#include "core/error.hpp"
#include "pg/wire.hpp"

namespace citusbench::pg {
namespace {

template <typename Integer>
void put(char*& at, Integer value) {
    const auto wire = to_wire(value);
    std::memcpy(at, wire.data(), wire.size());
    at += wire.size();
}

} // namespace

char* CopyBuffer::grow(std::size_t bytes) {
    const auto before = bytes_.size();
    bytes_.resize(before + bytes);
    return bytes_.data() + before;
}

void CopyBuffer::begin_row(std::int16_t fields) {
    auto* at = grow(2);
    put(at, fields);
}

void CopyBuffer::add_null() {
    auto* at = grow(4);
    put(at, std::int32_t{-1});
}

void CopyBuffer::add_int2(std::int16_t value) {
    auto* at = grow(6);
    put(at, std::int32_t{2});
    put(at, value);
}

void CopyBuffer::add_int4(std::int32_t value) {
    auto* at = grow(8);
    put(at, std::int32_t{4});
    put(at, value);
}

void CopyBuffer::add_int8(std::int64_t value) {
    auto* at = grow(12);
    put(at, std::int32_t{8});
    put(at, value);
}

void CopyBuffer::add_float8(double value) {
    add_int8(std::bit_cast<std::int64_t>(value));
}

void CopyBuffer::add_bool(bool value) {
    auto* at = grow(5);
    put(at, std::int32_t{1});
    *at = value ? 1 : 0;
}

void CopyBuffer::add_timestamp(std::int64_t unix_us) {
    add_int8(unix_us - postgres_epoch_us);
}

void CopyBuffer::add_text(std::string_view text) {
    auto* at = grow(4 + text.size());
    put(at, static_cast<std::int32_t>(text.size()));
    std::memcpy(at, text.data(), text.size());
}

void CopyBuffer::add_bytes(std::span<const std::byte> bytes) {
    add_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void CopyBuffer::append(std::string_view row) {
    bytes_.insert(bytes_.end(), row.begin(), row.end());
}

void CopyBuffer::append(const CopyBuffer& other) {
    bytes_.insert(bytes_.end(), other.bytes_.begin(), other.bytes_.end());
}

namespace {

// PostgreSQL documentation, "COPY: Binary Format": signature, flags, length of an extension.
constexpr std::string_view signature("PGCOPY\n\377\r\n\0", 11);
constexpr std::size_t fixed_header_bytes = 19;

} // namespace

std::size_t CopySplitter::header_bytes(std::string_view piece) {
    if (header_seen_ || piece.size() < fixed_header_bytes) return 0;
    if (!piece.starts_with(signature))
        throw RunError("the server sent something else than the binary format of COPY");
    const auto extension = from_wire<std::int32_t>(piece.data() + fixed_header_bytes - 4);
    const auto bytes = fixed_header_bytes + static_cast<std::size_t>(extension);
    if (piece.size() < bytes) return 0;
    header_seen_ = true;
    return bytes;
}

std::size_t CopySplitter::row_bytes(std::string_view piece) {
    if (piece.size() < 2) return 0;
    const auto fields = from_wire<std::int16_t>(piece.data());
    std::size_t at = 2;
    if (fields < 0) {
        ended_ = true;
        return at;
    }
    for (int i = 0; i < fields; ++i) {
        if (piece.size() < at + 4) return 0;
        const auto length = from_wire<std::int32_t>(piece.data() + at);
        at += 4 + (length > 0 ? static_cast<std::size_t>(length) : 0);
    }
    return at <= piece.size() ? at : 0;
}

CopyFields::CopyFields(std::string_view row) : rest_(row) {
    if (row.size() < 2) return;
    count_ = from_wire<std::int16_t>(row.data());
    rest_.remove_prefix(2);
}

std::string_view CopyFields::next() {
    if (taken_ >= count_ || rest_.size() < 4) return {};
    ++taken_;
    const auto length = from_wire<std::int32_t>(rest_.data());
    const auto bytes = 4 + (length > 0 ? static_cast<std::size_t>(length) : 0);
    const auto field = rest_.substr(0, bytes);
    rest_.remove_prefix(field.size());
    return field;
}

std::string_view CopyFields::at(std::string_view row, std::size_t column) {
    CopyFields fields(row);
    for (std::size_t i = 0; i < column; ++i) fields.next();
    return fields.next();
}

std::optional<std::string_view> field_bytes(std::string_view field) {
    if (field.size() < 4 || from_wire<std::int32_t>(field.data()) < 0) return std::nullopt;
    return field.substr(4);
}

std::optional<std::int64_t> field_int8(std::string_view field) {
    const auto bytes = field_bytes(field);
    if (!bytes || bytes->size() != 8) return std::nullopt;
    return from_wire<std::int64_t>(bytes->data());
}

} // namespace citusbench::pg
