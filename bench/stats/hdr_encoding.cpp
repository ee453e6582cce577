#include "stats/hdr_encoding.hpp"

#include <zlib.h>

#include <bit>
#include <cstdint>
#include <new>
#include <string_view>

namespace citusbench {
namespace {

constexpr std::uint32_t cookie = 0x1c849303 | 0x10; // 0x10: counts are variable-length words
constexpr std::uint32_t compressed_cookie = 0x1c849304 | 0x10;
constexpr std::uint32_t significant_digits = 3;

template <typename Number>
void put_big_endian(std::string& bytes, Number number) {
    for (int shift = 8 * (static_cast<int>(sizeof number) - 1); shift >= 0; shift -= 8)
        bytes += static_cast<char>(static_cast<unsigned char>(number >> shift));
}

/// ZigZag LEB128 of at most 9 bytes, the last of which has 8 bits.
void put_count(std::string& bytes, std::int64_t count) {
    auto word = (static_cast<std::uint64_t>(count) << 1) ^ static_cast<std::uint64_t>(count >> 63);
    for (int i = 0; i < 8 && word >= 0x80; ++i, word >>= 7)
        bytes += static_cast<char>(static_cast<unsigned char>(word | 0x80));
    bytes += static_cast<char>(static_cast<unsigned char>(word));
}

/// Where HdrHistogram counts the value with 1,024 sub-buckets a half: the order is ours.
std::uint64_t index_of_value(std::uint64_t value) {
    if (value < Histogram::page_size) return value;
    const auto exponent = static_cast<std::uint64_t>(std::bit_width(value)) - 1;
    const auto shift = exponent - Histogram::page_bits;
    return ((shift + 1) << Histogram::page_bits) + ((value >> shift) & (Histogram::page_size - 1));
}

std::string counts_of(const Histogram& histogram) {
    std::string bytes;
    std::uint64_t next = 0;
    for (const auto& bucket : histogram.buckets()) {
        const auto index = index_of_value(bucket.from_ns);
        // A run of empty buckets is one negative number.
        if (index > next) put_count(bytes, -static_cast<std::int64_t>(index - next));
        put_count(bytes, static_cast<std::int64_t>(bucket.count));
        next = index + 1;
    }
    return bytes;
}

std::string encode(const Histogram& histogram) {
    const auto counts = counts_of(histogram);
    std::string bytes;
    put_big_endian(bytes, cookie);
    put_big_endian(bytes, static_cast<std::uint32_t>(counts.size()));
    put_big_endian(bytes, std::uint32_t{0}); // no normalizing offset
    put_big_endian(bytes, significant_digits);
    put_big_endian(bytes, std::uint64_t{1}); // lowest discernible value
    put_big_endian(bytes, Histogram::max_ns);
    put_big_endian(bytes, std::bit_cast<std::uint64_t>(1.0)); // ratio of stored to real values
    return bytes + counts;
}

std::string compress(std::string_view plain) {
    auto length = compressBound(static_cast<uLong>(plain.size()));
    std::string packed(length, '\0');
    if (::compress(reinterpret_cast<Bytef*>(packed.data()), &length,
                   reinterpret_cast<const Bytef*>(plain.data()),
                   static_cast<uLong>(plain.size())) != Z_OK)
        throw std::bad_alloc(); // the buffer is large enough, so nothing else is left
    packed.resize(length);
    return packed;
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i)
            group = group << 8 |
                    (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i)
            text += at + i <= bytes.size() ? digits[group >> (18 - 6 * i) & 63U] : '=';
    }
    return text;
}

} // namespace

std::string hdr_encoding(const Histogram& histogram) {
    const auto packed = compress(encode(histogram));
    std::string bytes;
    put_big_endian(bytes, compressed_cookie);
    put_big_endian(bytes, static_cast<std::uint32_t>(packed.size()));
    return base64(bytes + packed);
}

} // namespace citusbench
