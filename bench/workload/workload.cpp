#include "workload/workload.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "core/error.hpp"
#include "core/quantity.hpp"

namespace citusbench {

std::uint64_t read_count(const std::map<std::string, std::string, std::less<>>& options,
                         const CountOption& option, std::uint64_t default_value) {
    const auto found = options.find(option.name);
    if (found == options.end()) return default_value;
    const auto& text = found->second;
    std::uint64_t value = 0;
    try {
        value = parse_count(text);
    } catch (const std::invalid_argument& error) {
        throw UsageError(fmt::format("--{} {}: {}", option.name, text, error.what()));
    }
    if (value < option.min || value > option.max)
        throw UsageError(fmt::format("--{} {}: must be a number between {} and {}", option.name,
                                     text, option.min, option.max));
    return value;
}

void Session::make_inserted_row(std::uint64_t /*index*/, std::uint32_t /*kind*/,
                                std::uint64_t /*row*/, pg::CopyBuffer& /*out*/) {
    throw std::logic_error("this workload inserts no rows");
}

std::optional<Change> Session::change(std::uint64_t /*index*/, std::uint32_t /*kind*/,
                                      pg::CopyBuffer& /*value*/) {
    return std::nullopt;
}

RoutingKey Workload::key(std::uint64_t /*i*/) const {
    return {};
}

std::unique_ptr<AnswerChecker> Workload::answer_checker(const RunIdentity& /*identity*/,
                                                        std::span<const double> /*weights*/) const {
    return nullptr;
}

} // namespace citusbench
