#include "topology/node.hpp"

namespace citusbench {

std::string description_of(const Node& node) {
    if (!node.holds_data()) return std::string(name_of(node.kind));
    auto text = std::string(name_of(node.role));
    return node.kind == NodeKind::patroni ? text + " (patroni)" : text;
}

} // namespace citusbench
