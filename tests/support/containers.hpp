#pragma once

#include <string>

#include "os/run_command.hpp"

namespace citusbench::test {

/// Standard output and standard error of a shell command.
inline std::string shell(const std::string& command) {
    return output_of({"/bin/sh", "-c", "{ " + command + "; } 2>&1"});
}

/// The command that Compose is here: "docker compose", "docker-compose", or empty.
inline std::string compose_command() {
    if (!shell("docker compose version").empty()) return "docker compose";
    if (!shell("docker-compose version").empty()) return "docker-compose";
    return {};
}

/// Why containers cannot be started here; empty if they can.
inline std::string why_no_containers() {
    if (compose_command().empty()) return "Docker or Compose is not installed";
    if (shell("docker version").empty()) return "no container engine runs";
    const char* base = std::getenv("CITUSBENCH_BASE");
    if (shell(std::string("docker image inspect ") + (base ? base : "citusdata/citus:13.2.0"))
            .empty())
        return "the base image is not on this machine (docker pull citusdata/citus:13.2.0)";
    return {};
}

} // namespace citusbench::test
