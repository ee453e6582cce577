#include "fault/resolved_target_names.hpp"

#include <fmt/format.h>

namespace citusbench {

std::string resolved_target_names(const std::vector<std::string>& targets,
                                  const std::vector<std::string>& hit) {
    std::string text;
    for (std::size_t i = 0; i < hit.size(); ++i)
        if (targets[i] != hit[i])
            text += fmt::format("{}{} was {}", text.empty() ? "" : ", ", targets[i], hit[i]);
    return text;
}

} // namespace citusbench
