#include "report/verification_text.hpp"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantity.hpp"
#include "record/human_text.hpp"

namespace citusbench {
namespace {

constexpr std::size_t line_width = 100;

/// Counts that are shown, though they make no verdict.
bool only_counts(const Check& check) {
    return check.name.starts_with("stale") || check.name.starts_with("unknown_");
}

std::string one_check(const Check& check) {
    const auto count = check.count ? format_count(*check.count) + " " : std::string();
    auto text = wrap_text(fmt::format("  {:<18} {:<8} ", check.name, name_of(check.verdict)),
                          count + check.detail, line_width);
    for (const auto& offender : check.offenders) text += wrap_text("    ", offender, line_width);
    const auto named = static_cast<std::uint64_t>(check.offenders.size());
    if (named > 0 && check.count.value_or(0) > named)
        text += fmt::format("    and {} more\n", format_count(*check.count - named));
    return text;
}

} // namespace

std::string verification_text(const Verification& verification, bool with_colors) {
    std::vector<std::string> passed;
    std::vector<std::string> counts;
    std::string failures;
    for (const auto& check : verification.checks) {
        if (check.verdict == Verdict::fail || check.verdict == Verdict::unknown)
            failures += one_check(check);
        else if (only_counts(check) && check.verdict != Verdict::skipped)
            counts.push_back(
                fmt::format("{} {}", check.name, format_count(check.count.value_or(0))));
        else if (check.verdict == Verdict::pass)
            passed.push_back(check.name);
    }
    std::string text;
    if (!passed.empty())
        text += wrap_text("passed    ", fmt::format("{}", fmt::join(passed, ", ")), line_width);
    if (!counts.empty())
        text += wrap_text("counted   ", fmt::format("{}", fmt::join(counts, ", ")), line_width);
    if (failures.empty()) return text;
    if (with_colors) failures = "\033[31m" + failures + "\033[0m";
    return text + "did not pass:\n" + failures;
}

} // namespace citusbench
