#include "report/outputs.hpp"

#include <nlohmann/json.hpp>

#include "record/stats_json.hpp"
#include "report/run_json.hpp"

namespace citusbench {
namespace {

using Json = nlohmann::ordered_json;

Json part_json(const RunRecord& record) {
    Json json;
    json["zero_wall_us"] = record.zero_wall_us;
    for (const auto& operation : record.operations)
        json["operations"].push_back({{"name", operation.name}, {"is_write", operation.is_write}});
    json["phases"] = Json::array();
    for (const auto& phase : record.phases) {
        json["phases"].push_back({{"phase", phase.name},
                                  {"from_s", phase.from_s},
                                  {"to_s", phase.to_s},
                                  {"operations", Json::parse(stats_to_json(phase.operations))}});
    }
    json["intervals"] = Json::array();
    for (const auto& each : record.intervals)
        json["intervals"].push_back({{"elapsed_s", each.elapsed_s},
                                     {"length_s", each.length_s},
                                     {"phase", each.phase},
                                     {"operations", Json::parse(each.operations)}});
    json["events"] = Json::array();
    for (const auto& event : record.events)
        json["events"].push_back({event.elapsed_s, event.kind, event.subject, event.detail});
    json["errors"] = Json::array();
    for (const auto& error : record.errors)
        json["errors"].push_back({error.phase, error.operation, index_of(error.outcome),
                                  error.retried, error.sqlstate, error.condition, error.node,
                                  error.count, error.first_elapsed_s, error.last_elapsed_s,
                                  error.sample});
    return json;
}

class PartReporter : public Reporter {
  public:
    bool writes_files() const override { return true; }
    void finish(const RunRecord& record, const std::filesystem::path& folder) override {
        if (record.is_part) run_json::write_file(part_json(record), folder / "part.json");
    }
};

} // namespace

std::unique_ptr<Reporter> make_part() {
    return std::make_unique<PartReporter>();
}

} // namespace citusbench
