#include "report/verification.hpp"

#include <fstream>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "record/columns.hpp"
#include "record/csv_text.hpp"
#include "report/json.hpp"
#include "report/output_file.hpp"

namespace citusbench {
namespace {

using Json = nlohmann::ordered_json;

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

nlohmann::ordered_json verification_json(const Verification& verification) {
    Json checks = Json::array();
    for (const auto& check : verification.checks)
        checks.push_back({{"check", check.name},
                          {"verdict", std::string(name_of(check.verdict))},
                          {"count", check.count ? Json(*check.count) : Json()},
                          {"detail", check.detail},
                          {"finished", check.finished},
                          {"offenders", check.offenders}});
    return {{"verdict", std::string(name_of(verification.verdict()))},
            {"holds", verification.holds()},
            {"meaning", verification.narrative},
            {"checks", std::move(checks)}};
}

void rewrite_verification(const Verification& verification, const std::filesystem::path& folder) {
    const auto path = folder / "run.json";
    std::ifstream stream(path);
    auto json = Json::parse(stream, nullptr, false);
    if (!json.is_object())
        throw RunError(fmt::format("{} is no run.json of citusbench", path.string()));
    write_verify_csv(verification, folder);
    json["verification"] = verification_json(verification);
    write_json_file(json, path);
}

std::unique_ptr<Reporter> make_verification() {
    return std::make_unique<VerificationFiles>();
}

} // namespace citusbench
