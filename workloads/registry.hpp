#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "workload/workload.hpp"

namespace citusbench {

/// A line of the registry: how a workload is found and made.
struct WorkloadRegistration {
    std::string_view name;
    std::string_view summary;
    std::span<const WorkloadOption> (*options)();
    /// Throws UsageError for a bad option of its own (a regions file that is missing, say).
    std::unique_ptr<Workload> (*make)(const WorkloadConfig& config);
    /// Libraries of its own with their versions, a line each, for --version; may be null.
    std::string (*libraries)() = nullptr;
};

std::span<const WorkloadRegistration> workload_registry();

} // namespace citusbench
