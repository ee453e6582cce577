#include "merge/part.hpp"

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
std::vector<std::pair<std::string, std::string>> common_facts(const Part& part) {
    std::vector<std::pair<std::string, std::string>> facts;
    for (const auto& [name, value] : part.run.at("labels").items())
        if (name != "run" && name != "connections") facts.emplace_back(name, value.dump());
    for (const auto* name : {"run_number", "run_time_us", "load_time_us", "version"})
        facts.emplace_back(name, part.run.at(name).dump());
    facts.emplace_back("--shard-of …/", std::to_string(part.count()));
    facts.emplace_back("--start-at", part.run.at("share").at("start_at_us").dump());
    for (const auto* name : {"threads", "interval", "warmup", "duration"})
        facts.emplace_back(fmt::format("--{}", name), part.run.at("plan").at(name).dump());
    return facts;
}

} // namespace

Part read_part(const std::filesystem::path& folder) {
    Part part{folder, read_json(folder, "run.json"), read_json(folder, "part.json"), nullptr};
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

void check_parts(const std::vector<Part>& parts) {
    const auto expected = common_facts(parts.front());
    std::set<unsigned> seen;
    for (const auto& part : parts) {
        const auto facts = common_facts(part);
        for (std::size_t i = 0; i < expected.size() && i < facts.size(); ++i)
            if (facts[i] != expected[i])
                throw refusal(part.folder,
                              fmt::format("{} is {}, but {} in {}; only the parts of "
                                          "one load can be merged",
                                          facts[i].first, facts[i].second, expected[i].second,
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
