#pragma once

#include "worker/load_plan.hpp"

namespace citusbench {

/// How long opening all connections may take. A password check by SCRAM costs client and server
/// some milliseconds of CPU each, and --connect-rate asks for slowness.
inline Ticks connect_timeout(const LoadPlan& load) {
    constexpr Ticks least = 10'000'000'000;
    constexpr Ticks each = 10'000'000;
    auto timeout = least + each * static_cast<Ticks>(load.connections);
    if (load.connect_rate > 0)
        timeout += static_cast<Ticks>(1e9 * load.connections / load.connect_rate);
    return timeout;
}

} // namespace citusbench
