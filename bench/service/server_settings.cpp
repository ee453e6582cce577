#include "service/server_settings.hpp"

#include <algorithm>

#include "service/template.hpp"

namespace citusbench {

/// A client that aborts a connection to a stuck node leaves a back end behind until the node is
/// back, and opens another: several per connection of the load, besides those between the nodes.
int max_connections(const ClusterSpec& spec) {
    constexpr int base = 200;
    constexpr int per_connection = 4;
    const bool has_pooler = spec.pooling != Pooling::none;
    return base + per_connection *
                      (has_pooler ? std::min(spec.connections, spec.pool_size) : spec.connections);
}

std::string server_settings(const ClusterState& state, const Node& node) {
    TemplateInput input;
    input.values = {{"LISTEN", node.host},
                    {"PORT", std::to_string(node.server_port)},
                    {"SOCKETS", ""},
                    {"NAME", node.name},
                    {"CONNECTIONS", std::to_string(max_connections(state.spec))},
                    {"REPLICATION", std::to_string(state.spec.replication)},
                    {"SHARDS", std::to_string(state.spec.shards)}};
    const auto only_if = [&](const char* list, bool condition) {
        input.lists[list].resize(condition ? 1 : 0);
    };
    only_if("SYNCFS", state.postgres.major >= 14);
    only_if("PATRONI", node.kind == NodeKind::patroni);
    only_if("CITUS", state.spec.engine == Engine::citus);
    only_if("FDW", state.spec.engine == Engine::fdw && node.role == Role::coordinator);
    return cluster_template("postgresql.conf.in", input);
}

std::string access_rules() {
    return "host all all 127.0.0.1/32 md5\nhost replication all 127.0.0.1/32 md5\n";
}

} // namespace citusbench
