#include "stats/node_series.hpp"

#include <algorithm>

namespace citusbench {
namespace {

std::uint16_t number_of(std::vector<std::string>& names, std::string_view name) {
    const auto known = std::find(names.begin(), names.end(), name);
    const auto number = static_cast<std::uint16_t>(known - names.begin());
    if (known == names.end()) names.emplace_back(name);
    return number;
}

} // namespace

void NodeSeries::add(Ticks at, std::string_view node, std::string_view metric, double value) {
    samples_.push_back({at, value, number_of(nodes_, node), number_of(metrics_, metric)});
}

} // namespace citusbench
