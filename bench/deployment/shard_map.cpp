#include "deployment/shard_map.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <stdexcept>

namespace citusbench {
namespace {

// PostgreSQL's src/common/hashfn.c: Bob Jenkins' lookup3 (2006), on which every hash partition and
// every shard depends; it reads words in the machine's byte order.
static_assert(std::endian::native == std::endian::little, "hashes as on little-endian servers");

constexpr std::uint32_t rotate(std::uint32_t x, int bits) {
    return std::rotl(x, bits);
}

struct State {
    std::uint32_t a, b, c;

    void mix() {
        a -= c, a ^= rotate(c, 4), c += b;
        b -= a, b ^= rotate(a, 6), a += c;
        c -= b, c ^= rotate(b, 8), b += a;
        a -= c, a ^= rotate(c, 16), c += b;
        b -= a, b ^= rotate(a, 19), a += c;
        c -= b, c ^= rotate(b, 4), b += a;
    }
    void finish() {
        c ^= b, c -= rotate(b, 14);
        a ^= c, a -= rotate(c, 11);
        b ^= a, b -= rotate(a, 25);
        c ^= b, c -= rotate(b, 16);
        a ^= c, a -= rotate(c, 4);
        b ^= a, b -= rotate(a, 14);
        c ^= b, c -= rotate(b, 24);
    }
};

constexpr std::uint32_t golden = 0x9e3779b9;

/// The start for `bytes` of input; seed 0 stands for the functions without a seed.
State begin(std::size_t bytes, std::uint64_t seed) {
    const auto start = golden + static_cast<std::uint32_t>(bytes) + 3'923'095;
    State state{start, start, start};
    if (seed == 0) return state;
    state.a += static_cast<std::uint32_t>(seed >> 32);
    state.b += static_cast<std::uint32_t>(seed);
    state.mix();
    return state;
}

/// hash_bytes() and hash_bytes_extended().
State hash_bytes(std::string_view text, std::uint64_t seed) {
    auto state = begin(text.size(), seed);
    std::array<std::uint32_t, 3> words;
    while (text.size() >= sizeof words) {
        std::memcpy(words.data(), text.data(), sizeof words);
        state.a += words[0];
        state.b += words[1];
        state.c += words[2];
        state.mix();
        text.remove_prefix(sizeof words);
    }
    // The last 0 to 11 bytes; the lowest byte of c is left for the length.
    std::array<unsigned char, sizeof words> tail{};
    for (std::size_t i = 0; i < text.size(); ++i)
        tail[i < 8 ? i : i + 1] = static_cast<unsigned char>(text[i]);
    std::memcpy(words.data(), tail.data(), sizeof words);
    state.a += words[0];
    state.b += words[1];
    state.c += words[2];
    state.finish();
    return state;
}

/// hash_bytes_uint32() and hash_bytes_uint32_extended().
State hash_word(std::uint32_t word, std::uint64_t seed) {
    auto state = begin(sizeof word, seed);
    state.a += word;
    state.finish();
    return state;
}

/// hashint8() folds so that equal int4 and int8 values hash alike.
std::uint32_t folded(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    const auto high = static_cast<std::uint32_t>(bits >> 32);
    return static_cast<std::uint32_t>(bits) ^ (value >= 0 ? high : ~high);
}

State hash_key(const RoutingKey& key, std::uint64_t seed) {
    switch (key.kind) {
    case RoutingKey::Kind::integer:
        return hash_word(folded(key.number), seed);
    case RoutingKey::Kind::text:
        return hash_bytes(key.text, seed);
    case RoutingKey::Kind::none:
        break;
    }
    throw std::logic_error("an operation without a routing key has no shard");
}

} // namespace

std::int32_t citus_hash(const RoutingKey& key) {
    return static_cast<std::int32_t>(hash_key(key, 0).c);
}

std::uint64_t partition_hash(const RoutingKey& key) {
    // HASH_PARTITION_SEED of partbounds.c, then hash_combine64(0, hash) of hashfn.h.
    constexpr std::uint64_t seed = 0x7A5B22367996DCFD;
    constexpr std::uint64_t combine = 0x49a0f4dd15e5a8e3;
    const auto state = hash_key(key, seed);
    return ((static_cast<std::uint64_t>(state.b) << 32) | state.c) + combine;
}

int ShardMap::shard_within(const RoutingKey& key) const {
    if (engine_ == Engine::postgres) return 0;
    const auto shards = static_cast<std::uint64_t>(shards_);
    if (engine_ == Engine::fdw) return static_cast<int>(partition_hash(key) % shards);
    // Citus cuts the 2^32 hashes into equal ranges from INT32_MIN on; the last takes the remainder.
    const auto increment = (std::uint64_t{1} << 32) / shards;
    const auto offset = static_cast<std::uint64_t>(std::int64_t{citus_hash(key)} - INT32_MIN);
    const auto shard = offset / increment;
    return static_cast<int>(shard < shards ? shard : shards - 1);
}

} // namespace citusbench
