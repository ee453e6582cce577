#include "merge/client_run.hpp"

#include <fstream>
#include <set>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "record/stats_json.hpp"

namespace citusbench {
namespace {

using Json = nlohmann::ordered_json;

UsageError refusal(const std::filesystem::path& folder, const std::string& why) {
    auto line = fmt::format("merge {}: {}", folder.string(), why);
    return UsageError(line); // NOLINT(modernize-return-braced-init-list): explicit
}

Json read_json(const std::filesystem::path& folder, const char* name) {
    std::ifstream stream(folder / name);
    if (!stream)
        throw refusal(folder, fmt::format("it has no {} that can be read; name the folders of "
                                          "runs that were made with --shard-of",
                                          name));
    auto json = Json::parse(stream, nullptr, false);
    if (!json.is_object()) throw refusal(folder, fmt::format("its {} is damaged", name));
    return json;
}

/// The values of run.json that must be equal in all parts.
NamedTexts load_facts(const Json& run) {
    NamedTexts settings;
    for (const auto& [name, value] : run.at("labels").items())
        if (name != "run" && name != "connections") settings.emplace_back(name, value.dump());
    for (const auto* name : {"run_number", "run_time_us", "load_time_us", "version"})
        settings.emplace_back(name, run.at(name).dump());
    const auto& share = run.at("share");
    settings.emplace_back("--shard-of …/", share.at("count").dump());
    settings.emplace_back("--start-at", share.at("start_at_us").dump());
    for (const auto* name : {"threads", "interval", "warmup", "duration"})
        settings.emplace_back(fmt::format("--{}", name), run.at("plan").at(name).dump());
    return settings;
}

RunLabels labels_from(const Json& json) {
    RunLabels labels;
    labels.run = json.at("run").get<std::string>();
    labels.workload = json.at("workload").get<std::string>();
    labels.topology = json.at("topology").get<std::string>();
    labels.engine = json.at("engine").get<std::string>();
    labels.replication = json.at("replication").get<int>();
    labels.scale = json.at("scale").get<std::string>();
    labels.seed = json.at("seed").get<std::uint64_t>();
    labels.mix = json.at("mix").get<std::string>();
    labels.key_distribution = json.at("key_distribution").get<std::string>();
    labels.connections = json.at("connections").get<int>();
    labels.pipeline = json.at("pipeline").get<int>();
    labels.batch = json.at("batch").get<int>();
    if (!json.at("rate_target").is_null())
        labels.rate_target = json.at("rate_target").get<double>();
    return labels;
}

/// The members that the merged run.json copies from the first part.
std::string common_members(Json run) {
    for (const auto* name : {"labels", "status", "failure", "accounting", "verification", "share",
                             "clock", "client_cost", "client_events", "trust", "machine"})
        run.erase(name);
    return run.dump();
}

std::string own_members(const Json& run) {
    auto own = Json::object();
    for (const auto* name :
         {"clock", "command_line", "client_cost", "client_events", "trust", "machine"})
        if (run.contains(name)) own[name] = run.at(name);
    return own.dump();
}

void read_run(const Json& run, ClientRun& part) {
    part.index = run.at("share").at("index").get<unsigned>();
    part.count = run.at("share").at("count").get<unsigned>();
    part.labels = labels_from(run.at("labels"));
    part.complete = run.value("status", "") == "complete";
    if (run.contains("trust"))
        part.warnings = run.at("trust").at("reasons").get<std::vector<std::string>>();
    part.load_facts = load_facts(run);
    part.common_members = common_members(run);
    part.own_members = own_members(run);
}

ErrorClass error_from(const Json& json) {
    const auto outcome = json.at(2).get<std::uint8_t>();
    if (outcome >= outcome_count) throw std::invalid_argument("an unknown outcome");
    ErrorClass error;
    error.phase = json.at(0).get<std::string>();
    error.operation = json.at(1).get<std::string>();
    error.outcome = static_cast<Outcome>(outcome);
    error.retried = json.at(3).get<bool>();
    error.sqlstate = json.at(4).get<std::string>();
    error.condition = json.at(5).get<std::string>();
    error.node = json.at(6).get<std::string>();
    error.count = json.at(7).get<std::uint64_t>();
    error.first_elapsed_s = json.at(8).get<double>();
    error.last_elapsed_s = json.at(9).get<double>();
    error.sample = json.at(10).get<std::string>();
    return error;
}

/// What report/part.cpp wrote.
void read_counts(const Json& json, ClientRun& part) {
    part.zero_wall_us = json.at("zero_wall_us").get<std::int64_t>();
    for (const auto& operation : json.at("operations"))
        part.operations.push_back(
            {operation.at("name").get<std::string>(), operation.at("is_write").get<bool>()});
    for (const auto& each : json.at("phases")) {
        auto& phase = part.phases.emplace_back();
        phase.name = each.at("phase").get<std::string>();
        phase.from_s = each.at("from_s").get<double>();
        phase.to_s = each.at("to_s").get<double>();
        phase.operations = stats_from_json(each.at("operations").dump());
    }
    // Left as text: the histograms of every interval of every part would take too much memory.
    for (const auto& each : json.at("intervals"))
        part.intervals.push_back(
            {each.at("elapsed_s").get<double>(), each.at("length_s").get<double>(),
             each.at("phase").get<std::string>(), each.at("operations").dump()});
    for (const auto& event : json.at("events"))
        part.events.push_back({event.at(0).get<double>(), event.at(1).get<std::string>(),
                               event.at(2).get<std::string>(), event.at(3).get<std::string>()});
    for (const auto& error : json.at("errors")) part.errors.push_back(error_from(error));
}

} // namespace

ClientRun read_client_run(const std::filesystem::path& folder) {
    ClientRun part;
    part.folder = folder;
    const auto run = read_json(folder, "run.json");
    const auto counts = read_json(folder, "part.json");
    try {
        read_run(run, part);
    } catch (const Json::exception& error) {
        throw refusal(folder, fmt::format("its run.json lacks what is needed ({})", error.what()));
    }
    try {
        part.ledger = std::make_shared<Ledger>(Ledger::load(folder / "ledger.bin"));
        read_counts(counts, part);
    } catch (const RunError& error) {
        throw refusal(folder, error.what());
    } catch (const Json::exception& error) {
        throw refusal(folder, fmt::format("its files lack what is needed ({})", error.what()));
    } catch (const std::invalid_argument& error) {
        throw refusal(folder, fmt::format("its files are damaged ({})", error.what()));
    }
    return part;
}

void check_client_runs(const std::vector<ClientRun>& parts) {
    const auto& expected = parts.front().load_facts;
    std::set<unsigned> seen;
    for (const auto& part : parts) {
        const auto& settings = part.load_facts;
        for (std::size_t i = 0; i < expected.size() && i < settings.size(); ++i)
            if (settings[i] != expected[i])
                throw refusal(part.folder,
                              fmt::format("{} is {}, but {} in {}; only the parts of "
                                          "one load can be merged",
                                          settings[i].first, settings[i].second, expected[i].second,
                                          parts.front().folder.string()));
        if (!seen.insert(part.index).second)
            throw refusal(part.folder,
                          fmt::format("part {} comes twice; name each once", part.index));
    }
    const auto count = parts.front().count;
    for (unsigned index = 1; index <= count; ++index)
        if (!seen.contains(index))
            throw UsageError(fmt::format("merge: part {} of {} is missing; name the folders of "
                                         "all of them",
                                         index, count));
}

} // namespace citusbench
