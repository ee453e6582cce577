#include "merge/client_run.hpp"

#include <fstream>
#include <set>

#include <fmt/format.h>

#include "core/error.hpp"

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

/// What has to be the same, as it stands in run.json.
std::vector<std::pair<std::string, std::string>> common_settings(const ClientRun& part) {
    std::vector<std::pair<std::string, std::string>> settings;
    for (const auto& [name, value] : part.run.at("labels").items())
        if (name != "run" && name != "connections") settings.emplace_back(name, value.dump());
    for (const auto* name : {"run_number", "run_time_us", "load_time_us", "version"})
        settings.emplace_back(name, part.run.at(name).dump());
    settings.emplace_back("--shard-of …/", std::to_string(part.count()));
    settings.emplace_back("--start-at", part.run.at("share").at("start_at_us").dump());
    for (const auto* name : {"threads", "interval", "warmup", "duration"})
        settings.emplace_back(fmt::format("--{}", name), part.run.at("plan").at(name).dump());
    return settings;
}

} // namespace

ClientRun read_client_run(const std::filesystem::path& folder) {
    ClientRun part{folder, read_json(folder, "run.json"), read_json(folder, "part.json"), nullptr};
    try {
        (void)part.index();
        part.ledger = std::make_shared<Ledger>(Ledger::load(folder / "ledger.bin"));
    } catch (const RunError& error) {
        throw refusal(folder, error.what());
    } catch (const Json::exception& error) {
        throw refusal(folder, fmt::format("its run.json lacks what is needed ({})", error.what()));
    }
    return part;
}

void check_client_runs(const std::vector<ClientRun>& parts) {
    const auto expected = common_settings(parts.front());
    std::set<unsigned> seen;
    for (const auto& part : parts) {
        const auto settings = common_settings(part);
        for (std::size_t i = 0; i < expected.size() && i < settings.size(); ++i)
            if (settings[i] != expected[i])
                throw refusal(part.folder,
                              fmt::format("{} is {}, but {} in {}; only the parts of "
                                          "one load can be merged",
                                          settings[i].first, settings[i].second, expected[i].second,
                                          parts.front().folder.string()));
        if (!seen.insert(part.index()).second)
            throw refusal(part.folder,
                          fmt::format("part {} comes twice; name each once", part.index()));
    }
    const auto count = parts.front().count();
    for (unsigned index = 1; index <= count; ++index)
        if (!seen.contains(index))
            throw UsageError(fmt::format("merge: part {} of {} is missing; name the folders of "
                                         "all of them",
                                         index, count));
}

} // namespace citusbench
