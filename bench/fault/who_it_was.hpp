#pragma once

#include <string>
#include <vector>

namespace citusbench {

/// "leader was coordinator2"; empty where nodes were named. `hit`: the nodes that each target
/// turned out to be.
std::string who_it_was(const std::vector<std::string>& targets,
                       const std::vector<std::string>& hit);

} // namespace citusbench
