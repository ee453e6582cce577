#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "core/quantity.hpp"
#include "record/csv_text.hpp"
#include "record/human_text.hpp"
#include "report/json.hpp"
#include "report/output_file.hpp"
#include "report/outputs.hpp"

namespace citusbench {
namespace {

std::string detail_cell(const Check& check) {
    if (check.offenders.empty()) return check.detail;
    return fmt::format("{}: {}", check.detail, fmt::join(check.offenders, "; "));
}

void write_verify_csv(const Verification& verification, const std::filesystem::path& folder) {
    OutputFile file(folder / "verify.csv");
    file.write(verify_header);
    file.write("\n");
    for (const auto& check : verification.checks) {
        const std::vector<std::string> cells = {check.name, std::string(name_of(check.verdict)),
                                                check.count ? std::to_string(*check.count) : "",
                                                detail_cell(check)};
        file.write(csv_line(cells));
    }
    file.close();
}

class VerificationFiles : public Reporter {
  public:
    bool writes_files() const override { return true; }
    void finish(const RunRecord& record, const std::filesystem::path& folder) override {
        if (record.verification) write_verify_csv(*record.verification, folder);
        if (record.ledger) record.ledger->save(folder / "ledger.bin");
    }
};

} // namespace

void rewrite_verification(const Verification& verification, const std::filesystem::path& folder) {
    check_run_json(folder);
    write_verify_csv(verification, folder);
    replace_verification(verification, folder);
}

std::unique_ptr<Reporter> make_verification() {
    return std::make_unique<VerificationFiles>();
}

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
