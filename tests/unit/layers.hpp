#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace citusbench::layers_test {

/// A row of the table of modules in docs/ARCHITECTURE.md.
struct Module {
    std::set<std::string> links;   ///< the modules it names
    std::set<std::string> headers; ///< "plan/plan.hpp": of that module this header alone
};
using Modules = std::map<std::string, Module, std::less<>>;

/// Reads the table below the heading that begins with "## Modules". Its row `workloads/*` becomes a
/// row for each of these workloads.
Modules read_modules(std::string_view markdown, const std::set<std::string>& workloads = {});

/// The module that a path below the project's root belongs to: "bench/pg/wire.hpp" → "pg".
std::string module_of_file(std::string_view path);

/// One line for each #include "…" of `source` that the table does not allow.
std::vector<std::string> wrong_includes(const Modules& modules, std::string_view path,
                                        std::string_view source);

/// One line for each link of a citusbench module in `cmake` that the table does not name, and for
/// each that it names and `cmake` does not have.
std::vector<std::string> wrong_links(const Modules& modules, std::string_view module,
                                     std::string_view cmake);

/// One line for each module that includes itself over others.
std::vector<std::string> cycles(const Modules& modules);

} // namespace citusbench::layers_test
