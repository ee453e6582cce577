#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace citusbench {

/// The outcome of an operation, as far as the client knows.
enum class Outcome : std::uint8_t {
    ok,      ///< committed and acknowledged by the pipeline sync
    failed,  ///< known not to have happened; or a read that did not answer in time
    unknown, ///< a write that may have happened
    skipped, ///< never sent
};

inline constexpr std::size_t outcome_count = 4;
inline constexpr std::array<std::string_view, outcome_count> outcome_names = {"ok", "failed",
                                                                              "unknown", "skipped"};

constexpr std::size_t index_of(Outcome outcome) {
    return static_cast<std::size_t>(outcome);
}
constexpr std::string_view name_of(Outcome outcome) {
    return outcome_names[index_of(outcome)];
}

} // namespace citusbench
