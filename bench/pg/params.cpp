#include "pg/params.hpp"

#include <bit>
#include <cassert>
#include <cstring>

#include "pg/wire.hpp"

namespace citusbench::pg {

void Params::add_inside(const void* bytes, int length) {
    assert(static_cast<std::size_t>(count_) < max_count);
    const auto i = static_cast<std::size_t>(count_++);
    std::memcpy(inside_[i].data(), bytes, static_cast<std::size_t>(length));
    values_[i] = inside_[i].data();
    lengths_[i] = length;
}

void Params::add_int2(std::int16_t value) {
    const auto wire = to_wire(value);
    add_inside(wire.data(), static_cast<int>(wire.size()));
}

void Params::add_int4(std::int32_t value) {
    const auto wire = to_wire(value);
    add_inside(wire.data(), static_cast<int>(wire.size()));
}

void Params::add_int8(std::int64_t value) {
    const auto wire = to_wire(value);
    add_inside(wire.data(), static_cast<int>(wire.size()));
}

void Params::add_float8(double value) {
    add_int8(std::bit_cast<std::int64_t>(value));
}

void Params::add_bool(bool value) {
    const char byte = value ? 1 : 0;
    add_inside(&byte, 1);
}

void Params::add_timestamp(std::int64_t unix_us) {
    add_int8(unix_us - postgres_epoch_us);
}

void Params::add_text(std::string_view text) {
    assert(static_cast<std::size_t>(count_) < max_count);
    const auto i = static_cast<std::size_t>(count_++);
    values_[i] = text.data();
    lengths_[i] = static_cast<int>(text.size());
}

void Params::add_bytes(std::span<const std::byte> bytes) {
    add_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

const int* Params::formats() {
    static constexpr auto ones = [] {
        std::array<int, max_count> formats{};
        formats.fill(1);
        return formats;
    }();
    return ones.data();
}

} // namespace citusbench::pg
