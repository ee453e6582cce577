#include "report/json.hpp"

#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "record/summarize.hpp"
#include "report/output_file.hpp"
#include "report/run_json.hpp"

namespace citusbench {
namespace {

using Json = nlohmann::ordered_json;

Json labels_json(const RunLabels& labels) {
    Json json;
    json["run"] = labels.run;
    json["workload"] = labels.workload;
    json["topology"] = labels.topology;
    json["engine"] = labels.engine;
    json["replication"] = labels.replication;
    json["scale"] = labels.scale;
    json["seed"] = labels.seed;
    json["mix"] = labels.mix;
    json["key_distribution"] = labels.key_distribution;
    json["connections"] = labels.connections;
    json["pipeline"] = labels.pipeline;
    json["batch"] = labels.batch;
    json["rate_target"] = labels.rate_target ? Json(*labels.rate_target) : Json();
    return json;
}

/// Counts without histograms, which would be merged for nothing.
struct Counts {
    std::uint64_t scheduled = 0;
    std::array<std::uint64_t, outcome_count> outcomes{};

    void add(const PhaseTotals& phase) {
        for (const auto& stats : phase.operations) {
            scheduled += stats.scheduled;
            for (std::size_t i = 0; i < outcome_count; ++i) outcomes[i] += stats.outcomes[i];
        }
    }
    void put(Json& json) const {
        std::uint64_t ended = 0;
        json["scheduled"] = scheduled;
        for (std::size_t i = 0; i < outcome_count; ++i) {
            json[std::string(outcome_names[i])] = outcomes[i];
            ended += outcomes[i];
        }
        json["balanced"] = scheduled == ended;
    }
};

bool every_operation_balanced(const RunRecord& record) {
    for (const auto& phase : record.phases)
        for (const auto& stats : phase.operations)
            if (!stats.balanced()) return false;
    return true;
}

Json accounting_json(const RunRecord& record) {
    Json phases = Json::array();
    Counts measured;
    for (const auto& phase : record.phases) {
        Counts counts;
        counts.add(phase);
        if (phase.name != warmup_phase) measured.add(phase);
        Json json;
        json["phase"] = phase.name;
        json["from_s"] = phase.from_s;
        json["to_s"] = phase.to_s;
        json["phase_s"] = phase.seconds();
        counts.put(json);
        phases.push_back(std::move(json));
    }
    Json total;
    measured.put(total);
    Json json;
    json["rule"] = "scheduled = ok + failed + unknown + skipped";
    json["holds"] = every_operation_balanced(record);
    json["phases"] = std::move(phases);
    json["measured"] = std::move(total);
    return json;
}

class JsonReporter : public Reporter {
  public:
    bool writes_files() const override { return true; }
    void finish(const RunRecord& record, const std::filesystem::path& folder) override {
        write_run_json(record, folder);
    }
};

Json read_object(const std::filesystem::path& path) {
    std::ifstream stream(path);
    auto json = Json::parse(stream, nullptr, false);
    if (!json.is_object())
        throw RunError(fmt::format("{} is no run.json of citusbench", path.string()));
    return json;
}

} // namespace

Json run_json::verification(const Verification& verification) {
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

Json run_json::whole(const RunRecord& record) {
    Json json;
    json["labels"] = labels_json(record.labels);
    json["status"] = name_of(record.status);
    json["failure"] = record.failure.empty() ? Json() : Json(record.failure);
    json["accounting"] = accounting_json(record);
    if (record.verification) json["verification"] = verification(*record.verification);
    put_setup(record, json);
    put_capacity(record, json);
    put_suite(record, json);
    put_client(record, json);
    put_faults(record, json);
    put_merged(record, json);
    return json;
}

void run_json::write_file(const Json& json, const std::filesystem::path& path) {
    const auto unfinished = path.parent_path() / ("." + path.filename().string() + ".new");
    // A server's message may not be UTF-8; the record must be written nevertheless.
    const auto text = json.dump(2, ' ', false, Json::error_handler_t::replace);
    OutputFile file(unfinished);
    file.write(text);
    file.write("\n");
    file.close();
    std::error_code error;
    std::filesystem::rename(unfinished, path, error);
    if (error) throw RunError(fmt::format("cannot write {}: {}", path.string(), error.message()));
}

void write_run_json(const RunRecord& record, const std::filesystem::path& folder) {
    run_json::write_file(run_json::whole(record), folder / "run.json");
}

void replace_verification(const Verification& verification, const std::filesystem::path& folder) {
    auto json = read_object(folder / "run.json");
    json["verification"] = run_json::verification(verification);
    run_json::write_file(json, folder / "run.json");
}

void check_run_json(const std::filesystem::path& folder) {
    read_object(folder / "run.json");
}

std::unique_ptr<Reporter> make_json() {
    return std::make_unique<JsonReporter>();
}

} // namespace citusbench
