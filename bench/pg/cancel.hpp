#pragma once

#include <libpq-fe.h>

#include <chrono>

namespace citusbench::pg {

/// Asks the server to cancel what this connection is doing, over a connection of the request's own.
/// libpq waits there for a server that may be frozen, so a thread does, and is left behind after
/// `timeout`.
void cancel_at_server(PGconn* connection, std::chrono::milliseconds timeout);

} // namespace citusbench::pg
