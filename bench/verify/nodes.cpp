#include "verify/nodes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/embedded_files.hpp"
#include "pg/client.hpp"
#include "pg/conninfo.hpp"

namespace citusbench {
namespace {

/// The node of a known cluster at this address. Those of citusbench's own differ by their ports,
/// and have another host for one another than for us.
const Access* find_own(const VerificationTarget& target, const std::string& host,
                       const std::string& port) {
    std::vector<const Access*> there;
    for (const auto& node : target.nodes)
        if (pg::Conninfo::parse(node.conninfo).get("port") == port) there.push_back(&node);
    if (there.size() == 1) return there.front();
    for (const auto* node : there)
        if (pg::Conninfo::parse(node->conninfo).get("host") == host) return node;
    return nullptr;
}

/// The settings of the entry point, with the node's address.
Access beside(const Access& entry, const std::string& host, const std::string& port) {
    return {fmt::format("{}:{}", host, port),
            pg::Conninfo::parse(entry.conninfo).at(host, port).to_string()};
}

} // namespace

VerificationTarget target_of_cluster(const VerificationTarget& target, std::size_t cluster) {
    auto part = target;
    part.entries = {target.entries.at(cluster)};
    return part;
}

std::vector<CitusNode> citus_nodes(const VerificationTarget& target, const StopFlag& stop) {
    const auto& entry = target.entries.front();
    pg::Client client(entry.conninfo, stop);
    const auto rows = client.query(std::string(sql_text("verify/nodes.sql")));
    std::vector<CitusNode> nodes;
    for (int row = 0; row < rows.rows(); ++row) {
        CitusNode node;
        node.host = rows.text(row, 0);
        node.port = rows.text(row, 1);
        node.is_active = rows.text(row, 2) == "t";
        const auto* own = find_own(target, node.host, node.port);
        node.entry_conninfo = entry.conninfo;
        node.access = own ? *own : beside(entry, node.host, node.port);
        nodes.push_back(std::move(node));
    }
    return nodes;
}

} // namespace citusbench
