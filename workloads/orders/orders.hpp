#pragma once

#include <memory>
#include <span>

#include "workload/workload.hpp"

namespace citusbench::orders {

std::span<const WorkloadOption> options();
std::unique_ptr<Workload> make(const WorkloadConfig& config);

} // namespace citusbench::orders
