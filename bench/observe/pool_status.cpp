#include "observe/pool_status.hpp"

#include <algorithm>
#include <cstdlib>

namespace citusbench {
namespace {

double number(const pg::Result& result, int row, const char* column) {
    const int at = PQfnumber(result.get(), column);
    return at < 0 ? 0 : std::strtod(PQgetvalue(result.get(), row, at), nullptr);
}

std::uint64_t count(const pg::Result& result, int row, const char* column) {
    return static_cast<std::uint64_t>(number(result, row, column));
}

} // namespace

PoolStatus read_pools(std::span<const pg::Result> results) {
    PoolStatus status;
    for (const auto& result : results)
        for (int row = 0; row < result.rows(); ++row) {
            const int database = PQfnumber(result.get(), "database");
            if (database < 0 || result.text(row, database) == "pgbouncer") continue;
            status.clients_active += count(result, row, "cl_active");
            status.clients_waiting += count(result, row, "cl_waiting");
            status.servers_active += count(result, row, "sv_active");
            status.servers_idle += count(result, row, "sv_idle") + count(result, row, "sv_used");
            const auto wait =
                number(result, row, "maxwait") + number(result, row, "maxwait_us") / 1e6;
            status.max_wait_s = std::max(status.max_wait_s, wait);
        }
    return status;
}

} // namespace citusbench
