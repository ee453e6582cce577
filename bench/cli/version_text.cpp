#include "cli/version_text.hpp"

#include <libpq-fe.h>

#include <fmt/format.h>

#include "core/version.hpp"
#include "workloads/registry.hpp"

namespace citusbench {

std::string version_text() {
    const auto libpq = PQlibVersion();
    auto text = fmt::format("citusbench {} (commit {})\nlibpq {}.{}\n", version(), git_commit(),
                            libpq / 10000, libpq % 10000);
    for (const auto& registration : workload_registry())
        if (registration.libraries) text += registration.libraries() + "\n";
    return text;
}

} // namespace citusbench
