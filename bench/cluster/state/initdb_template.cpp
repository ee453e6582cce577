#include "cluster/state/initdb_template.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cluster/state/cluster_state.hpp"
#include "core/error.hpp"
#include "os/file_lock.hpp"
#include "os/run_command.hpp"
#include "os/server_user.hpp"
#include "pg/client.hpp"

namespace citusbench {
namespace {

namespace fs = std::filesystem;

constexpr CommandLimits initdb_limits{
    std::chrono::minutes(10), "see whether the disk below CITUSBENCH_STATE is full or stuck"};

/// The options that decide what initdb writes. The user of the directory sets authentication.
std::vector<std::string> initdb_options() {
    return {"--username=" + std::string(database_user), "--auth=trust", "--encoding=UTF8",
            "--locale=C"};
}

/// A replaced binary of the same version may have another catalog.
std::string file_identity(const fs::path& file) {
    struct stat info {};
    if (stat(file.c_str(), &info) != 0) return "none";
    return fmt::format("{} bytes of {}", info.st_size, info.st_mtim.tv_sec);
}

std::uint64_t hash_of(const std::string& text) {
    std::uint64_t hash = 0xcbf29ce484222325; // FNV-1a
    for (const char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3;
    }
    return hash;
}

void make_server_folder(const fs::path& folder) {
    fs::create_directory(folder);
    fs::permissions(folder, fs::perms::owner_all);
    chown_to_server_user(folder);
}

/// One at a time makes a template; the others wait for it instead of making theirs.
FileLock wait_for_lock(const fs::path& file, const StopFlag& stop) {
    while (true) {
        auto lock = FileLock::attempt(file);
        if (lock.held()) return lock;
        stop.check();
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

} // namespace

fs::path template_root() {
    const char* chosen = std::getenv("CITUSBENCH_TEMPLATES");
    return own_folder(chosen && *chosen ? fs::path(chosen) : state_root() / "templates",
                      "template folder", "CITUSBENCH_TEMPLATES");
}

InitdbTemplate::InitdbTemplate(const LocalPostgres& postgres, fs::path root)
    : postgres_(postgres), root_(std::move(root)),
      origin_(fmt::format("postgres {} in {}\npostgres is {}\noptions {}\nuser {}\n",
                          postgres.version, postgres.bin_dir.string(),
                          file_identity(postgres.bin_dir / "postgres"),
                          fmt::join(initdb_options(), " "), server_user().uid)),
      folder_(root_ / fmt::format("initdb-{}-{:016x}", postgres.version, hash_of(origin_))) {}

std::string InitdbTemplate::description_of(const fs::path& data_dir) const {
    std::uintmax_t files = 0;
    std::uintmax_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(data_dir)) {
        ++files;
        if (entry.is_regular_file()) bytes += entry.file_size();
    }
    auto major = read_file(data_dir / "PG_VERSION");
    return fmt::format("{}entries {}\nbytes {}\nmajor {}", origin_, files, bytes, major);
}

bool InitdbTemplate::is_usable() const {
    const auto data_dir = folder_ / "data";
    try {
        struct stat info {};
        return stat(data_dir.c_str(), &info) == 0 && info.st_uid == server_user().uid &&
               read_file(data_dir / "PG_VERSION") == fmt::format("{}\n", postgres_.major) &&
               read_file(folder_ / "description") == description_of(data_dir);
    } catch (const fs::filesystem_error&) {
        return false; // another process is deleting it
    }
}

void InitdbTemplate::run_initdb(const fs::path& data_dir, const fs::path& log,
                                const std::vector<std::string>& more, const StopFlag& stop) const {
    make_server_folder(data_dir);
    Command initdb;
    initdb.args = {(postgres_.bin_dir / "initdb").string(), "--pgdata=" + data_dir.string()};
    for (const auto& options : {initdb_options(), more})
        initdb.args.insert(initdb.args.end(), options.begin(), options.end());
    initdb.directory = data_dir;
    initdb.log = log;
    initdb.as_server_user = true;
    run_all({initdb}, stop, initdb_limits);
}

/// Without --no-sync: a template outlives a crash of the machine, and must be whole then.
void InitdbTemplate::make(const StopFlag& stop) const {
    const auto unfinished = fs::path(folder_.string() + ".new");
    fs::remove_all(unfinished); // of one that was cut short
    fs::remove_all(folder_);
    fs::create_directory(unfinished);
    fs::permissions(unfinished, fs::perms(0711)); // the server user passes through
    run_initdb(unfinished / "data", unfinished / "initdb.log", {}, stop);
    {
        std::ofstream out(unfinished / "description");
        out << description_of(unfinished / "data");
        out.flush();
        if (!out) throw RunError(fmt::format("cannot write {}/description", unfinished.string()));
    }
    fs::rename(unfinished, folder_);
}

void InitdbTemplate::make_data_directory(const fs::path& data_dir, const fs::path& log,
                                         const StopFlag& stop) const {
    if (!is_usable()) {
        const auto lock = wait_for_lock(root_ / "lock", stop);
        if (!is_usable()) make(stop);
    }
    Command copy;
    // Where the file system can share blocks, this takes no time and no space.
    copy.args = {"/bin/cp",        "-R", "-p", "--reflink=auto", (folder_ / "data").string(),
                 data_dir.string()};
    copy.directory = data_dir.parent_path();
    copy.log = log;
    copy.as_server_user = true;
    if (run_command(copy, stop, initdb_limits).exit_code == 0) return;
    fs::remove_all(data_dir);
    run_initdb(data_dir, log, {"--no-sync"}, stop);
}

void set_superuser_password(const LocalPostgres& postgres, const fs::path& data_dir,
                            const std::string& password, const StopFlag& stop) {
    const auto statement = data_dir / "set_password.sql";
    write_server_file(statement, fmt::format("alter role {} password {}\n", database_user,
                                             pg::quote_literal(password)));
    Command single_user;
    single_user.args = {(postgres.bin_dir / "postgres").string(),
                        "--single",
                        "-F",
                        "-c",
                        "log_min_error_statement=panic", // the log must not show it
                        "-D",
                        data_dir.string(),
                        "postgres"};
    single_user.directory = data_dir;
    single_user.input = statement;
    single_user.as_server_user = true;
    const auto result = run_command(single_user, stop, initdb_limits);
    fs::remove(statement);
    // Its exit code is 0 even if a statement failed.
    for (const auto* level : {"ERROR:", "FATAL:", "PANIC:"})
        if (result.exit_code != 0 || result.errors.find(level) != std::string::npos)
            throw RunError(fmt::format("cannot set the password in {}: {}", data_dir.string(),
                                       pg::one_line(result.errors)));
}

} // namespace citusbench
