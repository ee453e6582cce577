#include "merge/merge_runs.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <tuple>

#include <fmt/format.h>

#include "core/error.hpp"
#include "record/stats_json.hpp"
#include "record/summarize.hpp"
#include "stats/hdr_encoding.hpp"

namespace citusbench {
namespace {

using Json = nlohmann::ordered_json;
using Cells = std::vector<OpStats>;

/// `into` begins empty, or has as many operations.
void add_cells(const Json& json, Cells& into) {
    if (into.empty()) into.resize(json.size());
    if (into.size() != json.size()) throw std::invalid_argument("other operations");
    for (std::size_t i = 0; i < json.size(); ++i) into[i].merge(op_stats_from_json(json[i]));
}

class Merger {
  public:
    explicit Merger(RunRecord& record) : record_(record) {}

    void add(const ClientRun& part) {
        if (record_.operations.empty())
            for (const auto& operation : part.part.at("operations"))
                record_.operations.push_back({operation.at("name").get<std::string>(),
                                              operation.at("is_write").get<bool>()});
        for (const auto& phase : part.part.at("phases")) add_phase(phase);
        for (const auto& interval : part.part.at("intervals")) add_interval(interval);
        for (const auto& error : part.part.at("errors")) add_error(error);
        for (const auto& event : part.part.at("events"))
            record_.events.push_back({event.at(0).get<double>(), event.at(1).get<std::string>(),
                                      event.at(2).get<std::string>(),
                                      with_client(event.at(3).get<std::string>(), part)});
    }

    void finish() {
        for (const auto& [key, interval] : intervals_) write_rows(key, interval);
        write_log();
        for (auto& [key, error] : errors_) record_.errors.push_back(std::move(error));
        std::stable_sort(record_.events.begin(), record_.events.end(),
                         [](const auto& a, const auto& b) { return a.elapsed_s < b.elapsed_s; });
    }

  private:
    using IntervalKey = std::pair<double, std::string>; ///< begin, phase
    struct Interval {
        double length_s = 0;
        Cells cells;
    };

    static std::string with_client(const std::string& detail, const ClientRun& part) {
        const auto client = fmt::format("client {}", part.index());
        return detail.empty() ? client : client + ": " + detail;
    }

    void add_phase(const Json& json) {
        const auto name = json.at("phase").get<std::string>();
        auto phase = std::find_if(record_.phases.begin(), record_.phases.end(),
                                  [&](const auto& each) { return each.name == name; });
        if (phase == record_.phases.end()) {
            record_.phases.emplace_back();
            phase = record_.phases.end() - 1;
            phase->name = name;
            phase->from_s = json.at("from_s").get<double>();
        }
        phase->from_s = std::min(phase->from_s, json.at("from_s").get<double>());
        phase->to_s = std::max(phase->to_s, json.at("to_s").get<double>());
        add_cells(json.at("operations"), phase->operations);
    }

    void add_interval(const Json& json) {
        auto& interval =
            intervals_[{json.at("elapsed_s").get<double>(), json.at("phase").get<std::string>()}];
        interval.length_s = json.at("length_s").get<double>();
        add_cells(json.at("operations"), interval.cells);
    }

    void add_error(const Json& json) {
        ErrorClass error;
        error.phase = json.at(0).get<std::string>();
        error.operation = json.at(1).get<std::string>();
        error.outcome = static_cast<Outcome>(json.at(2).get<std::uint8_t>());
        error.retried = json.at(3).get<bool>();
        error.sqlstate = json.at(4).get<std::string>();
        error.condition = json.at(5).get<std::string>();
        error.node = json.at(6).get<std::string>();
        error.count = json.at(7).get<std::uint64_t>();
        error.first_elapsed_s = json.at(8).get<double>();
        error.last_elapsed_s = json.at(9).get<double>();
        error.sample = json.at(10).get<std::string>();
        const auto key = std::tuple(error.phase, error.operation, error.outcome, error.retried,
                                    error.sqlstate, error.condition, error.node);
        const auto [known, is_new] = errors_.emplace(key, error);
        if (is_new) return;
        auto& sum = known->second;
        sum.count += error.count;
        if (error.first_elapsed_s < sum.first_elapsed_s) sum.sample = error.sample;
        sum.first_elapsed_s = std::min(sum.first_elapsed_s, error.first_elapsed_s);
        sum.last_elapsed_s = std::max(sum.last_elapsed_s, error.last_elapsed_s);
    }

    void write_rows(const IntervalKey& key, const Interval& interval) {
        OpStats all;
        for (std::size_t i = 0; i < interval.cells.size(); ++i) {
            if (interval.cells[i].scheduled == 0) continue;
            all.merge(interval.cells[i]);
            record_.timeline.push_back(timeline_row(
                key.first, key.second, record_.operations.at(i).name, interval.cells[i]));
        }
        record_.timeline.push_back(timeline_row(key.first, key.second, "all", all));
    }

    /// An interval's phases together, without the warm-up.
    void write_log() {
        std::map<double, Interval> by_time;
        for (const auto& [key, interval] : intervals_) {
            if (key.first < 0) continue;
            auto& sum = by_time[key.first];
            sum.length_s = interval.length_s;
            sum.cells.resize(interval.cells.size());
            for (std::size_t i = 0; i < interval.cells.size(); ++i)
                sum.cells[i].merge(interval.cells[i]);
        }
        for (const auto& [elapsed_s, interval] : by_time)
            for (std::size_t i = 0; i < interval.cells.size(); ++i) {
                const auto& times = interval.cells[i].response[index_of(Outcome::ok)];
                if (times.empty()) continue;
                record_.latency_log.push_back({i, elapsed_s, interval.length_s,
                                               static_cast<double>(times.max()) / 1e6,
                                               hdr_encoding(times)});
            }
    }

    RunRecord& record_;
    std::map<IntervalKey, Interval> intervals_;
    std::map<
        std::tuple<std::string, std::string, Outcome, bool, std::string, std::string, std::string>,
        ErrorClass>
        errors_;
};

RunLabels labels_of(const std::vector<ClientRun>& parts, const std::string& run_name) {
    const auto& json = parts.front().run.at("labels");
    RunLabels labels;
    labels.run = run_name;
    labels.workload = json.at("workload").get<std::string>();
    labels.topology = json.at("topology").get<std::string>();
    labels.engine = json.at("engine").get<std::string>();
    labels.replication = json.at("replication").get<int>();
    labels.scale = json.at("scale").get<std::string>();
    labels.seed = json.at("seed").get<std::uint64_t>();
    labels.mix = json.at("mix").get<std::string>();
    labels.key_distribution = json.at("key_distribution").get<std::string>();
    for (const auto& part : parts)
        labels.connections += part.run.at("labels").at("connections").get<int>();
    labels.pipeline = json.at("pipeline").get<int>();
    labels.batch = json.at("batch").get<int>();
    if (!json.at("rate_target").is_null())
        labels.rate_target = json.at("rate_target").get<double>();
    return labels;
}

/// run.json of the first part, and what differed among them.
void describe(const std::vector<ClientRun>& parts, RunRecord& record) {
    record.details = parts.front().run;
    for (const auto* name : {"labels", "status", "failure", "accounting", "verification", "share",
                             "clock", "client_cost", "client_events", "trust", "machine"})
        record.details.erase(name);
    auto& clients = record.details["clients"] = Json::array();
    for (const auto& part : parts) {
        Json client = {{"run", part.name()}, {"part", part.index()}};
        for (const auto* name :
             {"clock", "command_line", "client_cost", "client_events", "trust", "machine"})
            if (part.run.contains(name)) client[name] = part.run.at(name);
        clients.push_back(std::move(client));
        if (part.run.value("status", "") != "complete") record.status = RunStatus::interrupted;
        if (!part.run.contains("trust")) continue;
        for (const auto& reason : part.run.at("trust").at("reasons"))
            record.warnings.push_back(
                fmt::format("client {}: {}", part.index(), reason.get<std::string>()));
    }
    record.details["trust"] = {{"trusted", record.warnings.empty()}, {"reasons", record.warnings}};
}

std::string summarize(const RunRecord& record, std::size_t clients) {
    std::uint64_t acknowledged = 0;
    double seconds = 0;
    for (const auto& phase : record.phases) {
        if (phase.name == warmup_phase) continue;
        seconds += phase.seconds();
        for (const auto& stats : phase.operations) acknowledged += stats.count(Outcome::ok);
    }
    return fmt::format(
        "{} clients made this load together: {} operations acknowledged in {:.1f} s.", clients,
        acknowledged, seconds);
}

} // namespace

RunRecord merge_runs(const std::vector<ClientRun>& parts, const std::string& run_name) {
    RunRecord record;
    const auto* current = &parts.front();
    try {
        record.labels = labels_of(parts, run_name);
        record.zero_wall_us = parts.front().part.at("zero_wall_us").get<std::int64_t>();
        auto ledger = std::make_shared<Ledger>(parts.front().ledger->threads());
        Merger merger(record);
        for (const auto& part : parts) {
            current = &part;
            merger.add(part);
            ledger->merge(*part.ledger);
        }
        merger.finish();
        describe(parts, record);
        record.ledger = std::move(ledger);
    } catch (const Json::exception& error) {
        throw UsageError(fmt::format("merge {}: its files lack what is needed ({})",
                                     current->folder.string(), error.what()));
    } catch (const std::invalid_argument& error) {
        throw UsageError(fmt::format("merge {}: its files are damaged ({})",
                                     current->folder.string(), error.what()));
    }
    record.narrative.push_back(summarize(record, parts.size()));
    return record;
}

} // namespace citusbench
