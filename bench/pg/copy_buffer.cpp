#include "pg/copy_buffer.hpp"

#include <bit>
#include <cstring>

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

} // namespace citusbench::pg
