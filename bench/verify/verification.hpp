#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/enum_names.hpp"

namespace citusbench {

/// From best to worst.
enum class Verdict : std::uint8_t { pass, skipped, unknown, fail };
constexpr auto enum_names(Verdict /*of*/) {
    return std::to_array<EnumName<Verdict>>({{Verdict::pass, "pass"},
                                             {Verdict::skipped, "skipped"},
                                             {Verdict::unknown, "unknown"},
                                             {Verdict::fail, "fail"}});
}
static_assert(names_each_value<Verdict>(4));

/// A row of verify.csv.
struct Check {
    std::string name; ///< "lost", "duplicated", …
    Verdict verdict = Verdict::skipped;
    std::optional<std::uint64_t> count; ///< of offenders; none where nothing was counted
    std::string detail;                 ///< what it means, or why it was skipped; and the repair
    std::vector<std::string> offenders; ///< the first 20, with key and shard
    bool finished = true;               ///< false: it was begun and could not be brought to an end
};

/// The comparison of the database with what was acknowledged.
struct Verification {
    std::vector<Check> checks;
    std::vector<std::string> narrative; ///< what it means, for the end of the summary

    /// The worst of the checks.
    Verdict verdict() const {
        auto worst = Verdict::pass;
        for (const auto& check : checks)
            if (check.verdict != Verdict::skipped) worst = std::max(worst, check.verdict);
        return worst;
    }
    bool finished() const {
        return std::all_of(checks.begin(), checks.end(),
                           [](const Check& check) { return check.finished; });
    }
    /// Nothing failed and nothing was left open.
    bool holds() const { return finished() && verdict() != Verdict::fail; }
    /// Of the command: 0, 3 where a check failed, or 5 where one could not be made or finished.
    int exit_code() const {
        if (verdict() == Verdict::fail) return 3;
        return finished() ? 0 : 5;
    }
};

} // namespace citusbench
