#include "unit/layers.hpp"

#include <algorithm>
#include <iterator>
#include <regex>
#include <sstream>

namespace citusbench::layers_test {
namespace {

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    std::istringstream stream{std::string(text)};
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

std::vector<std::string> matches(const std::string& text, const std::regex& pattern) {
    std::vector<std::string> found;
    for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at)
        found.push_back((*at)[1]);
    return found;
}

/// "core/time.hpp" → "core"; "workloads/chat/chat.hpp" → "workloads/chat".
std::string module_of_header(std::string_view header) {
    const auto slash = header.rfind('/');
    return std::string(header.substr(0, slash == std::string_view::npos ? 0 : slash));
}

/// All modules below `start`, that is without itself unless there is a cycle.
std::set<std::string> reach(const Modules& modules, const std::string& start) {
    std::set<std::string> seen;
    std::vector<std::string> open{start};
    while (!open.empty()) {
        const auto found = modules.find(open.back());
        open.pop_back();
        if (found == modules.end()) continue;
        for (const auto& link : found->second.links)
            if (seen.insert(link).second) open.push_back(link);
    }
    return seen;
}

bool is_allowed(const Modules& modules, const std::string& module, const std::string& header) {
    const auto target = module_of_header(header);
    if (target == module) return true;
    const auto& [links, headers] = modules.at(module);
    // A concrete workload is known where it is named, not to all that know the registry.
    if (target.starts_with("workloads/")) return links.contains(target);
    const bool in_part = std::any_of(headers.begin(), headers.end(), [&](const auto& part) {
        return module_of_header(part) == target;
    });
    if (in_part) return headers.contains(header);
    // A module of which one header is named opens no door to those behind it.
    return std::any_of(links.begin(), links.end(), [&](const auto& link) {
        const bool by_header = std::any_of(headers.begin(), headers.end(), [&](const auto& part) {
            return module_of_header(part) == link;
        });
        return !by_header && (link == target || reach(modules, link).contains(target));
    });
}

/// Puts each workload in the place of the row `workloads/*`, and of its name in other rows.
void expand_workloads(Modules& modules, const std::set<std::string>& workloads) {
    const std::string any = "workloads/*";
    const auto row = modules.extract(any);
    for (const auto& workload : workloads)
        if (row) modules["workloads/" + workload] = row.mapped();
    for (auto& [name, module] : modules)
        if (module.links.erase(any) > 0)
            for (const auto& workload : workloads) module.links.insert("workloads/" + workload);
}

} // namespace

Modules read_modules(std::string_view markdown, const std::set<std::string>& workloads) {
    static const std::regex code("`([^`]+)`");
    Modules modules;
    bool inside = false;
    for (const auto& line : lines_of(markdown)) {
        if (line.starts_with("## ")) inside = line.starts_with("## Modules");
        if (!inside || !line.starts_with("| `")) continue;
        const auto second = line.find('|', 1);
        const auto third = line.find('|', second + 1);
        const auto name = matches(line.substr(0, second), code).at(0);
        auto& module = modules[name];
        for (const auto& item : matches(line.substr(second, third - second), code)) {
            if (!item.ends_with(".hpp")) {
                module.links.insert(item);
                continue;
            }
            module.headers.insert(item);
            module.links.insert(module_of_header(item));
        }
    }
    expand_workloads(modules, workloads);
    return modules;
}

std::string module_of_file(std::string_view path) {
    constexpr std::string_view bench = "bench/";
    if (path.starts_with(bench)) path.remove_prefix(bench.size());
    const auto module = module_of_header(path);
    return module.empty() ? "main" : module;
}

std::vector<std::string> wrong_includes(const Modules& modules, std::string_view path,
                                        std::string_view source) {
    static const std::regex include("^\\s*#\\s*include\\s*\"([^\"]+)\"");
    const auto module = module_of_file(path);
    const auto file = std::string(path);
    if (!modules.contains(module)) return {file + ": the table has no module " + module};
    std::vector<std::string> findings;
    for (const auto& line : lines_of(source))
        for (const auto& header : matches(line, include))
            if (!is_allowed(modules, module, header))
                findings.push_back(file + ": " + module + " must not include " + header);
    return findings;
}

std::vector<std::string> wrong_links(const Modules& modules, std::string_view module,
                                     std::string_view cmake) {
    static const std::regex link("citusbench::(\\w+)");
    std::set<std::string> links;
    for (auto name : matches(std::string(cmake), link)) {
        constexpr std::string_view workload = "workload_";
        if (name.starts_with(workload)) name.replace(0, workload.size(), "workloads/");
        // A target's name has no slash: cluster_local is cluster/local.
        constexpr std::string_view cluster = "cluster_";
        if (name.starts_with(cluster)) name.replace(0, cluster.size(), "cluster/");
        if (modules.contains(name)) links.insert(name);
    }
    const auto& wanted = modules.find(module)->second.links;
    std::vector<std::string> findings;
    const auto report = [&](const auto& a, const auto& b, const std::string& text) {
        std::vector<std::string> extra;
        std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(extra));
        for (const auto& name : extra) findings.push_back(std::string(module) + text + name);
    };
    report(links, wanted, " links, but may not include, ");
    report(wanted, links, " may include, but does not link, ");
    return findings;
}

std::vector<std::string> cycles(const Modules& modules) {
    std::vector<std::string> findings;
    for (const auto& [name, module] : modules)
        if (reach(modules, name).contains(name)) findings.push_back(name + " includes itself");
    return findings;
}

} // namespace citusbench::layers_test
