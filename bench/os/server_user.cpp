#include "os/server_user.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <random>

#include "core/error.hpp"
#include "os/unique_fd.hpp"

namespace citusbench {
namespace {

ServerUser find_server_user() {
    if (geteuid() != 0) return {geteuid(), getegid(), "", false};
    for (const char* name : {"postgres", "nobody"})
        if (const passwd* entry = getpwnam(name)) return {entry->pw_uid, entry->pw_gid, name, true};
    throw UsageError("PostgreSQL does not run as root, and this machine has neither a user "
                     "postgres nor nobody; run citusbench as an ordinary user");
}

bool may_enter(const struct stat& folder) {
    const auto& user = server_user();
    if (folder.st_uid == user.uid) return (folder.st_mode & S_IXUSR) != 0;
    if (folder.st_gid == user.gid) return (folder.st_mode & S_IXGRP) != 0;
    return (folder.st_mode & S_IXOTH) != 0;
}

} // namespace

const ServerUser& server_user() {
    static const ServerUser user = find_server_user();
    return user;
}

void chown_to_server_user(const std::filesystem::path& path) {
    const auto& user = server_user();
    if (user.differs && lchown(path.c_str(), user.uid, user.gid) != 0)
        throw RunError(fmt::format("cannot give {} to user {}: {}", path.string(), user.name,
                                   std::strerror(errno)));
}

void write_server_file(const std::filesystem::path& path, std::string_view text) {
    const UniqueFd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!fd || write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw RunError(fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)));
    chown_to_server_user(path);
}

void check_reachable(const std::filesystem::path& folder) {
    if (!server_user().differs) return;
    for (auto at = folder; !at.empty(); at = at.parent_path()) {
        struct stat info {};
        if (stat(at.c_str(), &info) == 0 && !may_enter(info))
            throw UsageError(fmt::format(
                "the servers run as user {}, who cannot enter {}; set CITUSBENCH_STATE to a "
                "folder that this user can reach, e.g. below /var/tmp",
                server_user().name, at.string()));
        if (at == at.parent_path()) break;
    }
}

std::string random_password() {
    std::random_device random;
    std::string password;
    for (int i = 0; i < 4; ++i) password += fmt::format("{:08x}", random());
    return password;
}

} // namespace citusbench
