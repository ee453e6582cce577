#pragma once

#include <string>

#include "observe/cluster_status.hpp"

namespace citusbench {

/// `cluster status` for people. With `each_shard` a line for each shard, otherwise for each table.
std::string status_text(const ClusterStatus& status, bool each_shard);

} // namespace citusbench
