#include "cli/make_plan.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>

#include "cli/dsn_option.hpp"
#include "cli/options.hpp"
#include "cli/plan_tables.hpp"
#include "core/error.hpp"
#include "pg/conninfo.hpp"
#include "pg/result.hpp"

namespace citusbench {
namespace {

/// A connection string without its password; what libpq cannot read is masked as any text is.
std::string masked_dsn(const std::string& dsn) {
    try {
        return pg::Conninfo::parse(dsn).masked();
    } catch (const std::invalid_argument&) {
        return pg::one_line(dsn);
    }
}

std::string masked_argument(std::span<const std::string> args, std::size_t i) {
    constexpr std::string_view prefix = "--dsn=";
    if (i > 0 && args[i - 1] == "--dsn") return masked_dsn(args[i]);
    if (args[i].starts_with(prefix))
        return std::string(prefix) + masked_dsn(args[i].substr(prefix.size()));
    return pg::one_line(args[i]);
}

} // namespace

std::string recorded_command_line(std::span<const std::string> args) {
    std::string line = "citusbench";
    for (std::size_t i = 0; i < args.size(); ++i) {
        const auto masked = masked_argument(args, i);
        const bool plain = masked.find_first_of(" '\"\\$&|;<>(){}*?!#") == std::string::npos;
        if (plain && !masked.empty()) {
            line += " " + masked;
            continue;
        }
        line += " '";
        for (const char c : masked) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
        line += "'";
    }
    return line;
}

Plan make_plan(const ParsedOptions& options, std::span<const std::string> args) {
    Plan plan;
    plan.command_line = recorded_command_line(args);
    for (const auto* table : {&workload_table(), &target_table(), &load_table(), &fault_table(),
                              &output_table(), &advanced_table()})
        apply_options(*table, options, plan);
    read_workload(options, plan);
    read_load(options, plan);
    read_target(options, plan);
    read_route(options, plan);
    read_faults(options, plan);
    read_arrival(options, plan);
    read_share(options, plan);
    return plan;
}

namespace {

using Json = nlohmann::json;

constexpr std::array goes_with_it = {"verify-only", "dsn", "progress"};

void refuse_others(const ParsedOptions& options) {
    for (const auto& name : options.given_names()) {
        if (std::find(goes_with_it.begin(), goes_with_it.end(), name) != goes_with_it.end())
            continue;
        throw UsageError(fmt::format("--{}: --verify-only reads it from the run's folder; leave it "
                                     "out (only --dsn and --progress go with --verify-only)",
                                     name));
    }
}

UsageError bad_folder(const std::filesystem::path& folder, const std::string& why) {
    auto line = fmt::format("--verify-only {}: {}; name the folder of a run, such as results/<run>",
                            folder.string(), why);
    return UsageError(line); // NOLINT(modernize-return-braced-init-list): explicit
}

Json read_run_json(const std::filesystem::path& folder) {
    std::ifstream stream(folder / "run.json");
    if (!stream) throw bad_folder(folder, "it has no run.json that can be read");
    auto json = Json::parse(stream, nullptr, false);
    if (!json.is_object()) throw bad_folder(folder, "its run.json is damaged");
    return json;
}

/// The run as described by its run.json.
void read_run(const Json& json, VerifyPlan& verify) {
    auto& plan = verify.plan;
    const auto& labels = json.at("labels");
    const auto& registration = find_workload(labels.at("workload").get<std::string>());
    WorkloadConfig config;
    config.seed = labels.at("seed").get<std::uint64_t>();
    config.keys = KeyDistribution::parse(labels.at("key_distribution").get<std::string>());
    for (const auto& option : registration.options())
        config.options[std::string(option.name)] = option.default_value;
    for (const auto& [name, text] : json.at("workload_options").items())
        config.options[name] = text.get<std::string>();
    plan.seed = config.seed;
    plan.keys = config.keys;
    plan.workload = registration.make(config);
    for (const auto& kind : plan.workload->operations())
        plan.weights.push_back(json.at("weights").value(kind.name, 0.0));
    const auto& deployment = json.at("deployment");
    verify.engine = deployment.at("engine").get<std::string>();
    plan.replication = deployment.at("replication").get<int>();
    plan.shards = deployment.at("shards").get<int>();
    if (deployment.value("route", "") == name_of(Route::hash)) plan.route = Route::hash;
    verify.description.identity = {json.at("run_number").get<std::uint64_t>(),
                                   json.at("load_time_us").get<std::int64_t>(),
                                   json.at("run_time_us").get<std::int64_t>()};
    verify.description.workload = plan.workload;
    verify.description.seed = plan.seed;
    verify.description.weights = plan.weights;
}

Verdict verdict_of(const std::string& name) {
    if (const auto verdict = enum_named<Verdict>(name)) return *verdict;
    throw std::invalid_argument(
        fmt::format("its run.json has the verdict '{}', which citusbench does not know", name));
}

/// Answers cannot be checked again, so the results of the run are kept.
std::vector<Check> kept_checks(const Json& json) {
    std::vector<Check> kept;
    if (!json.contains("verification")) return kept;
    for (const auto& row : json.at("verification").at("checks")) {
        if (row.at("check") != "wrong_answers" && row.at("check") != "stale_answers") continue;
        Check check;
        check.name = row.at("check").get<std::string>();
        check.verdict = verdict_of(row.at("verdict").get<std::string>());
        if (!row.at("count").is_null()) check.count = row.at("count").get<std::uint64_t>();
        check.detail = row.at("detail").get<std::string>();
        check.offenders = row.at("offenders").get<std::vector<std::string>>();
        check.finished = row.at("finished").get<bool>();
        kept.push_back(std::move(check));
    }
    return kept;
}

std::vector<std::string> read_entries(const ParsedOptions& options,
                                      const std::filesystem::path& folder) {
    if (options.has("dsn")) {
        auto dsns = options.list("dsn");
        for (const auto& dsn : dsns) check_dsn(dsn);
        return dsns;
    }
    const StopFlag no_stop;
    const auto kept = LocalCluster::open_kept(no_stop);
    if (!kept)
        throw UsageError(fmt::format("--verify-only {}: no cluster is kept; name the run's "
                                     "database with --dsn",
                                     folder.string()));
    std::vector<std::string> dsns;
    for (const auto& node : kept->nodes())
        if (node.is_entry) dsns.push_back(kept->conninfo(node));
    return dsns;
}

} // namespace

VerifyPlan make_verify_plan(const ParsedOptions& options) {
    refuse_others(options);
    VerifyPlan verify;
    verify.folder = options.text("verify-only");
    const auto json = read_run_json(verify.folder);
    try {
        read_run(json, verify);
        verify.kept = kept_checks(json);
    } catch (const Json::exception& error) {
        throw bad_folder(verify.folder,
                         fmt::format("its run.json lacks what is needed ({})", error.what()));
    } catch (const std::invalid_argument& error) {
        throw bad_folder(verify.folder, error.what());
    }
    try {
        verify.description.ledger =
            std::make_shared<Ledger>(Ledger::load(verify.folder / "ledger.bin"));
    } catch (const RunError& error) {
        throw bad_folder(verify.folder, error.what());
    }
    const auto& ledger = *verify.description.ledger;
    if (ledger.run() != 0 && ledger.run() != verify.description.identity.run)
        throw bad_folder(verify.folder,
                         fmt::format("its ledger.bin is of run {}, its run.json of run {}",
                                     ledger.run(), verify.description.identity.run));
    verify.plan.topology = "existing";
    verify.plan.dsns = read_entries(options, verify.folder);
    return verify;
}

} // namespace citusbench
