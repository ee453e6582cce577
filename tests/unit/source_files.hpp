#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "support/paths.hpp"

namespace citusbench {

/// The text of a file of this source tree, named by its path below the root.
inline std::string read_source(const std::string& path) {
    std::ifstream file(std::filesystem::path(test::source_dir()) / path);
    if (!file) throw std::runtime_error("cannot read " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Paths below the root of all files in `folders` that end in one of `endings`, sorted.
inline std::vector<std::string> source_files(std::initializer_list<std::string_view> folders,
                                             std::initializer_list<std::string_view> endings) {
    const std::filesystem::path root = test::source_dir();
    std::vector<std::string> found;
    for (const auto folder : folders) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
            const auto path = entry.path().lexically_relative(root).generic_string();
            const bool wanted = std::any_of(endings.begin(), endings.end(),
                                            [&](auto ending) { return path.ends_with(ending); });
            if (entry.is_regular_file() && wanted) found.push_back(path);
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace citusbench
