#include "report/verification.hpp"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/columns.hpp"
#include "record/csv_text.hpp"
#include "report/json.hpp"
#include "report/output_file.hpp"

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

} // namespace citusbench
