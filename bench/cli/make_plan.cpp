#include "cli/make_plan.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/cluster_options.hpp"
#include "cli/fault_plan.hpp"
#include "cli/option_values.hpp"
#include "cli/route_plan.hpp"
#include "cli/slice_plan.hpp"
#include "core/error.hpp"
#include "core/quantity.hpp"
#include "pg/conninfo.hpp"
#include "pg/result.hpp"
#include "service/service.hpp"

namespace citusbench {
namespace {

/// The weights of --mix, or the workload's own.
void read_mix(const ParsedOptions& parsed, Plan& plan) {
    const auto& kinds = plan.workload->operations();
    std::vector<std::string> names;
    for (const auto& kind : kinds) {
        names.push_back(kind.name);
        plan.weights.push_back(parsed.contains("mix") ? 0 : kind.default_weight);
    }
    if (parsed.contains("mix")) {
        parse_value(parsed, "mix", [&](std::string_view text) {
            while (!text.empty()) {
                const auto part = text.substr(0, text.find(','));
                text.remove_prefix(std::min(part.size() + 1, text.size()));
                const auto name = part.substr(0, part.find('='));
                const auto at = std::find(names.begin(), names.end(), name);
                if (at == names.end())
                    throw std::invalid_argument(fmt::format("{} has no operation '{}'; it has {}",
                                                            plan.workload->name(), name,
                                                            fmt::join(names, ", ")));
                const auto weight = part.substr(std::min(name.size() + 1, part.size()));
                plan.weights[static_cast<std::size_t>(at - names.begin())] =
                    weight.empty() ? throw std::invalid_argument("write op=weight,op=weight")
                                   : static_cast<double>(parse_count(weight));
            }
            return 0;
        });
        if (std::all_of(plan.weights.begin(), plan.weights.end(), [](double w) { return w == 0; }))
            throw UsageError(fmt::format("--mix {}: at least one weight must be above zero",
                                         display_value(text_of(parsed, "mix"))));
    }
    for (std::size_t i = 0; i < kinds.size(); ++i)
        if (plan.weights[i] > 0)
            plan.mix +=
                fmt::format("{}{}={}", plan.mix.empty() ? "" : " ", kinds[i].name, plan.weights[i]);
}

void read_workload(const ParsedOptions& parsed, Plan& plan) {
    if (!parsed.contains("workload"))
        throw UsageError("--workload is missing; use --workload chat or --workload spatial");
    const auto& registration = find_workload(text_of(parsed, "workload"));
    plan.seed = whole_number(parsed, "seed", 0, 1'000'000'000'000'000ULL);
    plan.keys = parse_value(parsed, "keys", &KeyDistribution::parse);
    const auto init = text_of(parsed, "init");
    if (init == "only")
        plan.init = InitMode::load_only;
    else if (init == "never")
        plan.init = InitMode::forbidden;
    else if (init != "auto")
        throw UsageError(fmt::format("--init {}: use auto, only or never", init));
    WorkloadConfig config;
    config.seed = plan.seed;
    config.keys = plan.keys;
    for (const auto& option : registration.options())
        config.options[std::string(option.name)] = text_of(parsed, std::string(option.name));
    plan.workload = registration.make(config);
    plan.workload_options = std::move(config.options);
    read_mix(parsed, plan);
}

/// Trying an insert again is safe only where its id can be stored once.
void read_retries(const ParsedOptions& parsed, Plan& plan) {
    plan.retries = static_cast<unsigned>(whole_number(parsed, "retry", 0, 1000));
    if (plan.retries == 0 || plan.workload->inserts_are_unique()) return;
    const auto& kinds = plan.workload->operations();
    for (std::size_t i = 0; i < kinds.size(); ++i)
        if (kinds[i].rows > 0 && plan.weights[i] > 0)
            throw UsageError(fmt::format(
                "--retry {}: the tables of this schema have no unique key, so that rows of {} "
                "tried "
                "again could be stored twice; leave --retry out, or use a schema with keys "
                "(spatial: --schema tuned)",
                plan.retries, kinds[i].name));
}

void read_load(const ParsedOptions& parsed, Plan& plan) {
    plan.connections = static_cast<unsigned>(whole_number(parsed, "connections", 1, 100'000));
    const auto cores = std::max(1U, std::thread::hardware_concurrency());
    plan.threads = std::clamp((plan.connections + 63) / 64, 1U, cores);
    if (parsed.contains("threads"))
        plan.threads = static_cast<unsigned>(whole_number(parsed, "threads", 1, 1024));
    if (plan.threads > plan.connections)
        throw UsageError(
            fmt::format("--threads {}: more than --connections {}; each thread needs one",
                        plan.threads, plan.connections));
    if (parsed.contains("connect-rate"))
        plan.connect_rate = parse_value(parsed, "connect-rate", &parse_rate);
    plan.pipeline = whole_number(parsed, "pipeline", 1, 10'000);
    plan.batch = whole_number(parsed, "batch", 1, 10'000);
    if (plan.batch > plan.pipeline)
        throw UsageError(fmt::format("--batch {}: more than --pipeline {}; raise --pipeline",
                                     plan.batch, plan.pipeline));
    plan.warmup = duration_value(parsed, "warmup", {}, true);
    plan.timeout = duration_value(parsed, "timeout", {});
    read_retries(parsed, plan);
    plan.check_share = parse_value(parsed, "check-answers", &parse_share);
    const auto arrival = text_of(parsed, "arrival");
    if (!arrival.empty() && arrival != "constant" && arrival != "poisson")
        throw UsageError(fmt::format("--arrival {}: use constant or poisson", arrival));
    if (!arrival.empty() && !parsed.contains("rate"))
        throw UsageError(
            fmt::format("--arrival {}: needs --rate, a closed loop has no arrivals", arrival));
    if (parsed.contains("rate")) {
        plan.rate = parse_value(parsed, "rate", &parse_rate);
        plan.arrival = Poisson{*plan.rate};
        if (arrival == "constant") plan.arrival = Constant{*plan.rate};
    }
}

/// What is behind --dsn is found out, not asked for.
void read_existing(const ParsedOptions& parsed, Plan& plan) {
    refuse_cluster_options(parsed);
    plan.topology = "existing";
    if (!parsed.contains("topology")) return;
    plan.topology = text_of(parsed, "topology");
    if (find_topology(plan.topology)) return;
    throw UsageError(
        fmt::format("--topology {}: there is no such topology; use {}, or leave it out",
                    plan.topology, topology_names()));
}

void read_local(const ClusterOptions& options, Plan& plan) {
    if (plan.init == InitMode::forbidden)
        throw UsageError("--init never: a cluster of citusbench's own holds no data yet; leave it "
                         "out, or name a loaded database with --dsn");
    const StopFlag no_stop;
    if (plan.keep && LocalCluster::open_kept(no_stop))
        throw UsageError("--keep: a cluster is kept already; use it with --dsn, or remove it with "
                         "citusbench cluster down");
    plan.postgres = find_local_postgres();
    plan.cluster = make_cluster_spec(options, *plan.postgres);
    const bool needs_postgis = !plan.workload->extensions().empty();
    if (needs_postgis && !plan.postgres->has_postgis)
        throw UsageError(
            fmt::format("--workload {}: PostgreSQL {} of this machine has no PostGIS; "
                        "install postgresql-{}-postgis-3 (scripts/setup does)",
                        plan.workload->name(), plan.postgres->version,
                        plan.postgres->version.substr(0, plan.postgres->version.find('.'))));
}

void read_own(const ParsedOptions& parsed, Plan& plan) {
    auto options = read_cluster_options(parsed);
    options.shards = plan.shards;
    options.connections = static_cast<int>(plan.connections);
    if (options.runtime == Runtime::compose)
        plan.cluster = make_compose_spec(options);
    else
        read_local(options, plan);
    plan.topology = plan.cluster->topology;
}

/// An existing cluster whose nodes can be broken.
void read_manifest_option(const ParsedOptions& parsed, Plan& plan) {
    const auto file = text_of(parsed, "cluster");
    if (parsed.contains("dsn"))
        throw UsageError(
            fmt::format("--cluster {}: it names the entry points; leave --dsn out", file));
    if (plan.keep)
        throw UsageError(
            fmt::format("--keep: the cluster of --cluster {} stays anyway; leave it out", file));
    plan.manifest = read_manifest(file);
    for (const auto& [node, control] : plan.manifest->nodes)
        if (node.is_entry) plan.dsns.push_back(plan.manifest->conninfo(node));
    read_existing(parsed, plan);
}

/// Needs the cluster: a pooler may not keep what a client prepared.
void read_protocol(const ParsedOptions& parsed, Plan& plan) {
    const bool is_kept =
        !plan.cluster || plan.cluster->pooling != Pooling::transaction || pooler_keeps_prepared();
    plan.prepared = is_kept;
    if (!parsed.contains("protocol")) return;
    const auto protocol = text_of(parsed, "protocol");
    if (protocol != "prepared" && protocol != "extended")
        throw UsageError(fmt::format("--protocol {}: use prepared or extended", protocol));
    plan.prepared = protocol == "prepared";
    if (plan.prepared && !is_kept)
        throw UsageError("--protocol prepared: this PgBouncer lends connections by transaction and "
                         "forgets what was prepared on them, before 1.21; use --protocol extended, "
                         "or --pooler session");
}

void read_target(const ParsedOptions& parsed, Plan& plan) {
    plan.shards = static_cast<int>(whole_number(parsed, "shards", 1, 32'768));
    plan.keep = parsed["keep"].as<bool>();
    if (parsed.contains("replication"))
        plan.replication = static_cast<int>(whole_number(parsed, "replication", 1, 1000));
    if (parsed.contains("cluster")) return read_manifest_option(parsed, plan);
    if (parsed.contains("dsn")) {
        plan.dsns = parsed["dsn"].as<std::vector<std::string>>();
        for (const auto& dsn : plan.dsns) check_dsn(dsn);
        if (plan.keep)
            throw UsageError("--keep: an existing database stays anyway; leave it out with --dsn");
        read_existing(parsed, plan);
        return;
    }
    read_own(parsed, plan);
}

void read_output(const ParsedOptions& parsed, Plan& plan) {
    plan.label = text_of(parsed, "label");
    plan.interval = duration_value(parsed, "interval", {});
    if (plan.interval < std::chrono::milliseconds(10))
        throw UsageError(
            fmt::format("--interval {}: the shortest is 10ms", text_of(parsed, "interval")));
    plan.verify = !parsed["no-verify"].as<bool>();
    plan.monitor = !parsed["no-monitor"].as<bool>();
}

} // namespace

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

Plan make_plan(const ParsedOptions& parsed, std::span<const std::string> args) {
    Plan plan;
    plan.command_line = recorded_command_line(args);
    read_workload(parsed, plan);
    read_load(parsed, plan);
    read_target(parsed, plan);
    read_protocol(parsed, plan);
    read_route(parsed, plan);
    read_faults(parsed, plan);
    read_output(parsed, plan);
    read_share(parsed, plan);
    return plan;
}

} // namespace citusbench
