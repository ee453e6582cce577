#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cluster/state/local_postgres.hpp"
#include "core/stop_flag.hpp"

namespace citusbench {

/// Where templates of data directories are kept: CITUSBENCH_TEMPLATES, else `templates` in the
/// state folder. Made if it is not there; throws UsageError if it belongs to somebody else.
std::filesystem::path template_root();

/// A data directory as initdb leaves it, made once for a PostgreSQL and a server user, and copied
/// for each cluster: a copy takes a third of the CPU time. It holds no password. All copies share
/// its system identifier. Still a standby cannot follow a server of another cluster, because each
/// cluster has its own password.
///
/// A template may be deleted at any time: if a copy fails, initdb makes the directory.
class InitdbTemplate {
  public:
    explicit InitdbTemplate(const LocalPostgres& postgres,
                            std::filesystem::path root = template_root());

    /// Makes `data_dir` of the server user; the template first, where there is none that can be
    /// used. Its superuser has no password and pg_hba.conf lets everybody in: it must not be
    /// started before both are changed. Throws RunError or Interrupted.
    void make_data_directory(const std::filesystem::path& data_dir,
                             const std::filesystem::path& log, const StopFlag& stop) const;

    /// <root>/initdb-<version>-<what else it depends on>: data/, and `description`, which is
    /// compared before each use.
    const std::filesystem::path& folder() const { return folder_; }
    /// It belongs to this PostgreSQL, and none of its files is missing or truncated.
    bool is_usable() const;

  private:
    void make(const StopFlag& stop) const;
    void run_initdb(const std::filesystem::path& data_dir, const std::filesystem::path& log,
                    const std::vector<std::string>& more, const StopFlag& stop) const;
    std::string description_of(const std::filesystem::path& data_dir) const;

    const LocalPostgres& postgres_;
    std::filesystem::path root_;
    std::string origin_; ///< what the template depends on, a line each
    std::filesystem::path folder_;
};

/// Gives the superuser of a data directory, whose server must not run, a password.
void set_superuser_password(const LocalPostgres& postgres, const std::filesystem::path& data_dir,
                            const std::string& password, const StopFlag& stop);

} // namespace citusbench
