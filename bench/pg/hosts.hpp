#pragma once

#include <string>
#include <vector>

#include "pg/conninfo.hpp"

namespace citusbench::pg {

/// One of the hosts that a connection string names.
struct Host {
    std::string name;    ///< or a socket's folder
    std::string address; ///< empty for a socket
    std::string port;
};

/// The hosts of a connection string that names several, each name with every address that it
/// resolves to now: libpq would ask a name server at each attempt, and wait for it. Throws RunError
/// for a name that cannot be resolved, std::invalid_argument where the lists do not match.
std::vector<Host> resolved_hosts(const Conninfo& conninfo);

void set_hosts(Conninfo& conninfo, const std::vector<Host>& hosts);

/// The same connection string beginning with each of its hosts but the first. As set_hosts() left
/// it.
std::vector<Conninfo> host_rotations(const Conninfo& conninfo);

} // namespace citusbench::pg
