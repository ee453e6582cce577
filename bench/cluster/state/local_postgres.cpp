#include "cluster/state/local_postgres.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "os/run_command.hpp"

namespace citusbench {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error);
}

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

/// "postgres (PostgreSQL) 15.20 (Debian …)" → "15.20".
std::string version_in(const std::string& text) {
    constexpr std::string_view marker = "(PostgreSQL) ";
    const auto at = text.find(marker);
    if (at == std::string::npos) return {};
    const auto begin = at + marker.size();
    return text.substr(begin, text.find_first_of(" \n", begin) - begin);
}

/// 15.20 → {15, 20}; development versions ("19devel") have no minor number.
std::pair<int, int> numbers_of(const std::string& version) {
    int major = 0;
    int minor = 0;
    const char* end = version.data() + version.size();
    const auto [rest, code] = std::from_chars(version.data(), end, major);
    if (code == std::errc{} && rest < end && *rest == '.') std::from_chars(rest + 1, end, minor);
    return {major, minor};
}

std::vector<fs::path> folders_on_path() {
    std::vector<fs::path> folders;
    const char* path = std::getenv("PATH");
    std::string_view rest(path ? path : "");
    while (!rest.empty()) {
        const auto end = rest.find(':');
        folders.emplace_back(rest.substr(0, end));
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    return folders;
}

std::vector<fs::path> candidate_folders() {
    auto candidates = folders_on_path();
    for (const auto& folder : folders_on_path())
        if (is_there(folder / "pg_config"))
            candidates.emplace_back(
                first_line(output_of({(folder / "pg_config").string(), "--bindir"})));
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", error))
        candidates.push_back(entry.path() / "bin"); // Debian
    for (const auto& entry : fs::directory_iterator("/usr", error))
        if (entry.path().filename().string().starts_with("pgsql-"))
            candidates.push_back(entry.path() / "bin"); // PGDG's RPMs
    return candidates;
}

/// The folders of extensions: control files and shared objects.
std::pair<fs::path, fs::path> extension_folders(const LocalPostgres& postgres) {
    const auto config = postgres.bin_dir / "pg_config";
    if (is_there(config))
        return {first_line(output_of({config.string(), "--sharedir"})),
                first_line(output_of({config.string(), "--pkglibdir"}))};
    const auto debian = fs::path("/usr/share/postgresql") / std::to_string(postgres.major);
    if (is_there(debian)) return {debian, postgres.bin_dir.parent_path() / "lib"};
    return {postgres.bin_dir.parent_path() / "share", postgres.bin_dir.parent_path() / "lib"};
}

/// version is empty if the folder holds no server.
LocalPostgres inspect(const fs::path& bin_dir) {
    LocalPostgres postgres;
    postgres.bin_dir = bin_dir;
    if (!is_there(bin_dir / "initdb") || !is_there(bin_dir / "postgres")) return postgres;
    // /usr/local/bin may hold links; pg_config and the libraries are where they lead.
    postgres.bin_dir = fs::canonical(bin_dir / "postgres").parent_path();
    postgres.version =
        version_in(output_of({(postgres.bin_dir / "postgres").string(), "--version"}));
    postgres.major = numbers_of(postgres.version).first;
    const auto [share, lib] = extension_folders(postgres);
    postgres.has_citus = is_there(share / "extension/citus.control") && is_there(lib / "citus.so");
    postgres.has_postgis =
        is_there(share / "extension/postgis.control") && is_there(lib / "postgis-3.so");
    return postgres;
}

} // namespace

LocalPostgres find_local_postgres() {
    if (const char* chosen = std::getenv("CITUSBENCH_PG_BIN"); chosen && *chosen) {
        auto postgres = inspect(chosen);
        if (postgres.version.empty())
            throw UsageError(fmt::format("CITUSBENCH_PG_BIN={}: no initdb and postgres there; name "
                                         "the bin folder of a PostgreSQL server",
                                         chosen));
        return postgres;
    }
    LocalPostgres best;
    for (const auto& folder : candidate_folders()) {
        auto postgres = inspect(folder);
        if (!postgres.version.empty() &&
            (best.version.empty() || numbers_of(postgres.version) > numbers_of(best.version)))
            best = std::move(postgres);
    }
    if (best.version.empty())
        throw UsageError("no PostgreSQL server found; install one (Debian and Ubuntu: apt install "
                         "postgresql-15) or set CITUSBENCH_PG_BIN to its bin folder");
    return best;
}

} // namespace citusbench
