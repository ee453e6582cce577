#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "capacity/capacity_runner.hpp"
#include "cli/capacity_options.hpp"
#include "cli/cluster_command.hpp"
#include "cli/make_plan.hpp"
#include "cli/options.hpp"
#include "cli/signals.hpp"
#include "cli/suite_options.hpp"
#include "compare/compare_command.hpp"
#include "core/error.hpp"
#include "merge/merge_options.hpp"
#include "merge/merge_runs.hpp"
#include "options/option_values.hpp"
#include "pg/result.hpp"
#include "report/json.hpp"
#include "report/outputs.hpp"
#include "report/registry.hpp"
#include "report/results_folder.hpp"
#include "run/runner.hpp"
#include "suite/suite_runner.hpp"
#include "target/verify_target.hpp"

namespace citusbench {
namespace {

constexpr auto usage =
    "citusbench measures what a Citus cluster does under load, before, during and "
    "after node failures.\n\n"
    "  citusbench --workload chat                   load on a cluster of its own\n"
    "  citusbench --workload spatial --kill worker2 the same, with a crash\n"
    "  citusbench capacity --workload chat --slo 'p99<20ms'\n"
    "                                               the largest rate that holds this objective\n"
    "  citusbench suite benchmark --workload spatial\n"
    "                                               each query alone, then 5, 10, 20 at once\n"
    "  citusbench compare BASE NEW                  two runs side by side\n"
    "  citusbench merge RUN RUN                     runs of several client machines as one\n"
    "  citusbench cluster up|status|kill|down       an interactive cluster\n\n";

Reporters make_reporters(const ParsedOptions& options) {
    ReportOptions report;
    report.console.progress = OptionValue(options, "progress").parse(&parse_progress_mode);
    Reporters made;
    for (const auto& registration : reporters()) made.push_back(registration.make(report));
    return made;
}

/// Writes run.json before the load starts, so that a run that died can be recognised.
class EarlyRecord final : public Reporter {
  public:
    explicit EarlyRecord(const ResultsFolder& folder) : folder_(folder) {}
    void start(const RunRecord& record) override { write_run_json(record, folder_.working()); }

  private:
    const ResultsFolder& folder_;
};

using Help = std::string (*)(bool all, const WorkloadRegistration* workload);

/// --help, --help-all and --version; true if one of them was asked for.
bool answer_questions(const ParsedOptions& options, const char* first, Help help) {
    const bool all = options.is_on("help-all");
    if (options.is_on("version")) {
        fmt::print("{}", version_text());
    } else if (options.is_on("help") || all) {
        const bool named = options.has("workload");
        const auto* registration = named ? &find_workload(options.text("workload")) : nullptr;
        fmt::print("{}{}", registration ? "" : first, help(all, registration));
    } else {
        return false;
    }
    return true;
}

int verify_command(const ParsedOptions& options, const StopFlag& stop) {
    const auto plan = make_verify_plan(options);
    Verification verification;
    {
        const auto made = make_reporters(options); // the progress line is gone with them
        verification = verify_again(plan, stop, [&](std::string_view line, bool passing) {
            for (const auto& reporter : made) reporter->message(line, passing);
        });
    }
    stop.check(); // an interrupted verification says nothing new about the run
    rewrite_verification(verification, plan.folder);
    auto text = verification_text(verification, false) + "\n";
    for (const auto& sentence : verification.narrative) text += sentence + "\n";
    fmt::print("{}\nwritten to {}\n", text, (plan.folder / "verify.csv").string());
    return verification.exit_code();
}

/// Has `run` (run_plan, run_capacity, …) do what `plan` says, into a folder of its own. `load` is
/// the plan of its load.
template <typename Run, typename AnyPlan>
int measure(Run run, const AnyPlan& plan, const Plan& load, const ParsedOptions& options,
            const StopFlag& stop) {
    auto made = make_reporters(options);
    ResultsFolder folder(options.text("results"), std::string(load.workload->name()), load.label);
    made.push_back(std::make_unique<EarlyRecord>(folder));
    return run(plan, stop, made, folder.run_name(),
               [&](const RunRecord& record) { save(record, folder, made); });
}

int run_command(std::span<const std::string> args, const StopFlag& stop) {
    const auto options = parse_run_options(args);
    if (answer_questions(options, usage, &run_help)) return 0;
    if (options.has("verify-only")) return verify_command(options, stop);
    const auto plan = make_plan(options, args);
    return measure(&run_plan, plan, plan, options, stop);
}

int capacity_command(std::span<const std::string> args, const StopFlag& stop) {
    const auto options = parse_capacity_options(args.subspan(1));
    if (answer_questions(options, "", &capacity_help)) return 0;
    const auto plan = make_capacity_plan(options, args);
    return measure(&run_capacity, plan, plan.run, options, stop);
}

int suite_command(std::span<const std::string> args, const StopFlag& stop) {
    const auto options = parse_suite_options(args.subspan(1));
    if (answer_questions(options, "", &suite_help)) return 0;
    const auto plan = make_suite_plan(options, args);
    return measure(&run_suite, plan, plan.run, options, stop);
}

int merge_command(std::span<const std::string> args, const StopFlag& stop) {
    const auto options = parse_merge_options(args);
    if (options.help) {
        fmt::print("{}", merge_help());
        return 0;
    }
    std::vector<ClientRun> parts;
    for (const auto& run : options.runs) parts.push_back(read_client_run(run));
    check_client_runs(parts);
    ResultsFolder folder(options.results, parts.front().labels.workload, options.label);
    const auto record = merge_runs(parts, folder.run_name());
    Reporters made;
    for (const auto& registration : reporters()) made.push_back(registration.make({}));
    const auto saved = save(record, folder, made);
    if (options.dsns.empty()) {
        fmt::print("not verified yet: citusbench --verify-only {} --dsn …\n", saved.string());
        return 0;
    }
    std::vector<std::string> verify = {"--verify-only", saved.string()};
    for (const auto& dsn : options.dsns) verify.insert(verify.end(), {"--dsn", dsn});
    return verify_command(parse_run_options(verify), stop);
}

int dispatch(std::span<const std::string> args, const StopFlag& stop) {
    const auto rest = args.empty() ? args : args.subspan(1);
    const auto command = args.empty() ? std::string("--help") : args.front();
    if (args.empty()) return run_command(std::vector<std::string>{"--help"}, stop);
    if (command == "run") return run_command(rest, stop);
    if (command == "compare") return compare_command(rest);
    if (command == "capacity") return capacity_command(args, stop);
    if (command == "suite") return suite_command(args, stop);
    if (command == "cluster") return cluster_command(rest, stop);
    if (command == "merge") return merge_command(rest, stop);
    return run_command(args, stop);
}

int run_main(const std::vector<std::string>& args) {
    StopFlag stop;
    const SignalWatch watch(stop);
    try {
        return dispatch(args, stop);
    } catch (const UsageError& error) {
        fmt::print(stderr, "citusbench: {}\n", pg::one_line(error.what()));
        return 2;
    } catch (const Interrupted&) {
        fmt::print(stderr, "citusbench: interrupted\n");
        return 130;
    } catch (const std::exception& error) {
        fmt::print(stderr, "citusbench: {}{}\n", stop.requested() ? "interrupted; " : "",
                   pg::one_line(error.what()));
        return stop.requested() ? 130 : 1;
    }
}

} // namespace
} // namespace citusbench

int main(int argc, char** argv) {
    // Citus sends dates to its nodes as text, in the style of the client's session.
    setenv("PGDATESTYLE", "ISO, YMD", 1);
    return citusbench::run_main({argv + 1, argv + argc});
}
