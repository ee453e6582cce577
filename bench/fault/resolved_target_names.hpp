#pragma once

#include <string>
#include <vector>

namespace citusbench {

/// For people: "leader was coordinator2"; empty where targets were nodes. `hit`: the nodes that
/// each target turned out to be.
std::string resolved_target_names(const std::vector<std::string>& targets,
                                  const std::vector<std::string>& hit);

} // namespace citusbench
