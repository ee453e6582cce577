#include "topology/cluster_map.hpp"

#include <array>
#include <charconv>
#include <stdexcept>
#include <string_view>

#include <boost/crc.hpp>

namespace citusbench {
namespace {

std::uint32_t crc32(std::string_view text) {
    boost::crc_32_type crc;
    crc.process_bytes(text.data(), text.size());
    return crc.checksum();
}

} // namespace

std::size_t ClusterMap::owner_of(const RoutingKey& key) const {
    if (key.kind == RoutingKey::Kind::none)
        throw std::logic_error("an operation without a routing key has no cluster");
    if (clusters_ == 1) return 0;
    if (key.kind == RoutingKey::Kind::text) return crc32(key.text) % clusters_;
    std::array<char, 20> digits; // of the longest bigint, its sign included
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), key.number).ptr;
    return crc32({digits.data(), static_cast<std::size_t>(end - digits.data())}) % clusters_;
}

} // namespace citusbench
