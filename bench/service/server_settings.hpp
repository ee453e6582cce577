#pragma once

#include <string>
#include <string_view>

#include "cluster/state/cluster_state.hpp"

namespace citusbench {

/// The user name of HAProxy's health checks. There is no such role: the check ends where the server
/// asks for the password.
inline constexpr std::string_view check_user = "citusbench_check";

/// How many connections a server of the cluster accepts.
int max_connections(const ClusterSpec& spec);

/// The settings of a node beyond PostgreSQL's defaults, as text for postgresql.conf.
std::string server_settings(const ClusterState& state, const Node& node);

/// pg_hba.conf: this machine's loopback, with the password of the cluster.
///
/// Not `trust`: any local user could then run programs as the owner of the servers. Not
/// `scram-sha-256`: it costs client and server about 3.5 ms of CPU a connection, which would weigh
/// on every measured reconnection. `md5` with a random password of 128 bits that lives as long as
/// the cluster needs none of its slowness.
std::string access_rules();

} // namespace citusbench
