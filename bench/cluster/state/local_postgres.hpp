#pragma once

#include <filesystem>
#include <string>

namespace citusbench {

/// What the PostgreSQL of this machine offers.
struct LocalPostgres {
    std::filesystem::path bin_dir; ///< with initdb, postgres, pg_ctl
    std::string version;           ///< "15.20"
    int major = 0;                 ///< 15
    bool has_citus = false;
    bool has_postgis = false;
};

/// CITUSBENCH_PG_BIN where it is set, else the newest PostgreSQL of pg_config, Debian's and PGDG's
/// folders and PATH. Throws UsageError that names the package to install.
LocalPostgres find_local_postgres();

} // namespace citusbench
