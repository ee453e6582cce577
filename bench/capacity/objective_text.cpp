#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "capacity/objective.hpp"
#include "core/quantity.hpp"

namespace citusbench {
namespace {

constexpr auto example = "write it as p99<20ms,failed<0.1%";

std::string trimmed(std::string_view text) {
    std::string plain;
    for (const char c : text)
        if (c != ' ' && c != '\t') plain += c;
    return plain;
}

double parse_limit(const Objective& objective, const std::string& value) {
    if (value.empty())
        throw std::invalid_argument(fmt::format("'{}' has no limit; {}", objective.text, example));
    try {
        if (objective.is_latency()) {
            const auto limit = static_cast<double>(parse_duration(value).count()) / 1e3;
            if (limit > 0) return limit;
            throw std::invalid_argument("the limit of a response time must be above zero");
        }
        if (value == "off") throw std::invalid_argument("write a share as 0.1% or 0.001");
        const auto share = parse_share(value);
        if (share == 0 && !objective.inclusive)
            throw std::invalid_argument(
                fmt::format("no share is below zero; write {}<=0%", objective.name()));
        return share;
    } catch (const std::invalid_argument& error) {
        throw std::invalid_argument(fmt::format("'{}': {}", objective.text, error.what()));
    }
}

/// "read.p99" into scope and metric.
void parse_name(std::string name, Objective& objective) {
    constexpr std::string_view dotted = "p99.9";
    if (name.ends_with(dotted)) name = name.substr(0, name.size() - dotted.size()) + "p999";
    if (const auto point = name.rfind('.'); point != std::string::npos) {
        objective.scope = name.substr(0, point);
        name = name.substr(point + 1);
    }
    for (const auto& registration : metrics) {
        if (registration.name != name) continue;
        objective.metric = registration.metric;
        return;
    }
    std::vector<std::string_view> names;
    for (const auto& registration : metrics) names.push_back(registration.name);
    throw std::invalid_argument(fmt::format("'{}': there is no metric '{}'; use {}", objective.text,
                                            name, fmt::join(names, ", ")));
}

Objective parse_objective(const std::string& text) {
    Objective objective;
    objective.text = text;
    const auto at = text.find_first_of("<>=");
    if (at == std::string::npos || at == 0)
        throw std::invalid_argument(text.empty()
                                        ? fmt::format("an objective is missing; {}", example)
                                        : fmt::format("'{}' is no objective; {}", text, example));
    if (text[at] != '<')
        throw std::invalid_argument(fmt::format("'{}': use < or <=; {}", text, example));
    parse_name(text.substr(0, at), objective);
    objective.inclusive = text.substr(at).starts_with("<=");
    objective.limit = parse_limit(objective, text.substr(at + (objective.inclusive ? 2 : 1)));
    return objective;
}

void check_scope(const Objective& objective, std::span<const OperationInfo> operations,
                 std::span<const double> weights) {
    if (objective.scope == "all") return;
    std::vector<std::string> names = {"all", "read", "write"};
    for (std::size_t i = 0; i < operations.size(); ++i) {
        const auto& operation = operations[i];
        names.push_back(operation.name);
        const bool named = operation.name == objective.scope ||
                           objective.scope == (operation.is_write ? "write" : "read");
        if (named && weights[i] > 0) return;
    }
    if (std::find(names.begin(), names.end(), objective.scope) != names.end())
        throw std::invalid_argument(
            fmt::format("'{}': the mix has no {}, so nothing of it is measured; leave it out, or "
                        "give it a weight with --mix",
                        objective.text, objective.scope));
    throw std::invalid_argument(fmt::format("'{}': there is no operation '{}'; use {}",
                                            objective.text, objective.scope,
                                            fmt::join(names, ", ")));
}

} // namespace

std::string Objective::name() const {
    return in_scope(scope, registration_of(metric).name);
}

Slo Slo::parse(std::string_view text, std::span<const OperationInfo> operations,
               std::span<const double> weights) {
    Slo slo;
    slo.operations_.assign(operations.begin(), operations.end());
    slo.weights_.assign(weights.begin(), weights.end());
    auto rest = trimmed(text);
    while (true) {
        const auto comma = rest.find(',');
        slo.objectives_.push_back(parse_objective(rest.substr(0, comma)));
        check_scope(slo.objectives_.back(), operations, weights);
        if (comma == std::string::npos) return slo;
        rest = rest.substr(comma + 1);
    }
}

} // namespace citusbench
