#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cctype>
#include <stdexcept>

#include "core/quantity.hpp"
#include "fault/fault.hpp"

namespace citusbench {
namespace {

constexpr auto grammar = "write KIND:NODE[,NODE][:DELAY][@START[+LENGTH]], such as "
                         "crash:worker2@20s+10s";

/// Cuts `text` at the first `separator`; returns the text after it, or nothing.
std::optional<std::string_view> cut(std::string_view& text, char separator) {
    const auto at = text.find(separator);
    if (at == std::string_view::npos) return std::nullopt;
    const auto rest = text.substr(at + 1);
    text = text.substr(0, at);
    return rest;
}

/// Decided by its first character only.
bool is_time(std::string_view text) {
    return !text.empty() && (std::isdigit(static_cast<unsigned char>(text[0])) != 0);
}

/// The text after the last "@", unless it belongs to a target: "patroni@coordinator2".
std::optional<std::string_view> cut_off_times(std::string_view& text) {
    const auto at = text.rfind('@');
    if (at == std::string_view::npos) return std::nullopt;
    const auto before = text.substr(0, at);
    const auto word = before.substr(before.find_last_of(":,") + 1);
    if (word == "patroni" || (word == "leader" && !is_time(text.substr(at + 1))))
        return std::nullopt;
    const auto rest = text.substr(at + 1);
    text = before;
    return rest;
}

} // namespace

FaultSpec FaultSpec::parse(std::string_view text) {
    FaultSpec spec;
    if (auto when = cut_off_times(text)) {
        if (const auto length = cut(*when, '+')) spec.length = parse_duration(*length);
        spec.start = parse_duration(*when);
    }
    auto nodes = cut(text, ':');
    spec.kind = text;
    if (!nodes) throw std::invalid_argument(grammar);
    if (const auto delay = cut(*nodes, ':')) spec.delay = parse_duration(*delay);
    while (true) {
        const auto more = cut(*nodes, ',');
        if (nodes->empty()) throw std::invalid_argument(grammar);
        spec.nodes.emplace_back(*nodes);
        if (!more) break;
        nodes = more;
    }
    return spec;
}

std::string FaultSpec::to_string() const {
    auto text = fmt::format("{}:{}", kind, fmt::join(nodes, ","));
    if (delay) text += ":" + duration_option(*delay);
    if (start) text += "@" + duration_option(*start);
    if (length) text += (start ? "+" : "@0s+") + duration_option(*length);
    return text;
}

std::string resolved_target_names(const std::vector<std::string>& targets,
                                  const std::vector<std::string>& hit) {
    std::string text;
    for (std::size_t i = 0; i < hit.size(); ++i)
        if (targets[i] != hit[i])
            text += fmt::format("{}{} was {}", text.empty() ? "" : ", ", targets[i], hit[i]);
    return text;
}

} // namespace citusbench
