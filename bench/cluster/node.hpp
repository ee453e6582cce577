#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace citusbench {

enum class Role : std::uint8_t { coordinator, worker };
std::string_view name_of(Role role);

/// A node of a cluster, as everything outside cluster/ sees it.
struct Node {
    std::string name; ///< "coordinator", "worker1", …
    Role role = Role::worker;
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;        ///< at which others reach it: its proxy's where it has one
    std::uint16_t server_port = 0; ///< the server's own; the same without a proxy
    bool is_entry = false;         ///< clients connect here
    std::size_t cluster = 0;       ///< which of several independent clusters it is part of
};

/// Which kind of cluster holds the tables. `postgres` is one plain PostgreSQL (topology single
/// without Citus, or an existing database).
enum class Engine : std::uint8_t { citus, fdw, postgres };
std::string_view name_of(Engine engine);

} // namespace citusbench
