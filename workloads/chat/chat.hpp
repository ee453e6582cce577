#pragma once

#include <memory>
#include <span>

#include "workload/workload.hpp"

namespace citusbench::chat {

std::span<const WorkloadOption> options();
std::unique_ptr<Workload> make(const WorkloadConfig& config);

} // namespace citusbench::chat
