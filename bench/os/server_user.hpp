#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace citusbench {

/// The user that servers run as: PostgreSQL refuses root, so there it is `postgres`, or `nobody`
/// where that does not exist; otherwise it is the caller.
struct ServerUser {
    uid_t uid = 0;
    gid_t gid = 0;
    std::string name;
    bool differs = false; ///< from the caller
};
const ServerUser& server_user();

/// Gives a file or folder to the server user.
void chown_to_server_user(const std::filesystem::path& path);
/// Writes a file that only the server user (and root) may read.
void write_server_file(const std::filesystem::path& path, std::string_view text);
/// Throws UsageError if the server user cannot enter `folder`.
void check_reachable(const std::filesystem::path& folder);

/// 128 random bits as hexadecimal digits.
std::string random_password();

} // namespace citusbench
