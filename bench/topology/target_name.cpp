#include "topology/target_name.hpp"

#include <algorithm>

namespace citusbench {
namespace {

constexpr std::string_view patroni_prefix = "patroni@";
constexpr std::string_view leader = "leader";
constexpr std::string_view leader_prefix = "leader@";

std::vector<Node> members(const std::vector<Node>& nodes) {
    std::vector<Node> found;
    for (const auto& node : nodes)
        if (node.kind == NodeKind::patroni) found.push_back(node);
    return found;
}

} // namespace

std::vector<std::string> target_names(const std::vector<Node>& nodes) {
    std::vector<std::string> names;
    for (const auto& node : nodes) names.push_back(node.name);
    int next_group = 0;
    for (const auto& node : members(nodes)) {
        if (node.group != next_group) continue;
        names.push_back(node.group == 0 ? std::string(leader)
                                        : std::string(leader_prefix) + node.name);
        ++next_group;
    }
    for (const auto& node : members(nodes))
        names.push_back(std::string(patroni_prefix) + node.name);
    return names;
}

std::string_view node_of_target(std::string_view target) {
    return is_patroni_alone(target) ? target.substr(patroni_prefix.size()) : target;
}

bool is_patroni_alone(std::string_view target) {
    return target.starts_with(patroni_prefix);
}

int group_of_leader(std::string_view target, const std::vector<Node>& nodes) {
    const auto all = members(nodes);
    if (target == leader) return all.empty() ? -1 : 0;
    if (!target.starts_with(leader_prefix)) return -1;
    for (const auto& node : all)
        if (node.name == target.substr(leader_prefix.size())) return node.group;
    return -1;
}

std::vector<std::string> nodes_of_target(std::string_view target, const std::vector<Node>& nodes) {
    const int group = group_of_leader(target, nodes);
    if (group < 0) return {std::string(node_of_target(target))};
    std::vector<std::string> names;
    for (const auto& node : members(nodes))
        if (node.group == group) names.push_back(node.name);
    return names;
}

} // namespace citusbench
