// What the proof costs, against the CPU time of the client at the default mixes on a PostgreSQL of
// this machine: the ledger, the attribution of operations to shards, the measuring of recovery; and
// the checking of answers, with what it takes to begin and what each write adds to it.
//
//   perf_truth [seconds]
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/make_plan.hpp"
#include "measure/recovery.hpp"
#include "run/runner.hpp"
#include "support/local_cluster.hpp"
#include "worker/cell_layout.hpp"

using namespace citusbench;

namespace {

struct RunCost {
    double operations = 0;
    double client_s = 0;
    double checked = 0;
    double check_s = 0;
};

RunCost run(const std::string& dsn, const std::string& workload, const std::string& share,
            const std::string& seconds) {
    const std::vector<std::string> args = {"--workload", workload, "--dsn",           dsn,
                                           "--duration", seconds,  "--check-answers", share};
    auto plan = make_plan(parse_run_options(args), args);
    plan.verify = false;
    std::vector<std::unique_ptr<Reporter>> none;
    RunCost cost;
    run_plan(plan, test::no_stop, none, "answers", [&](const RunRecord& record) {
        const auto& client = record.details.client->cost;
        cost.client_s = client.cpu_s;
        cost.operations = cost.client_s * 1e6 / client.cpu_us_per_operation;
        const auto& answers = record.details.answer_check;
        if (!answers) return;
        cost.checked = static_cast<double>(answers->total.checked);
        cost.check_s = answers->cpu_s;
    });
    return cost;
}

double thread_seconds() {
    timespec ts{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return static_cast<double>(ts.tv_sec) + static_cast<double>(ts.tv_nsec) / 1e9;
}

struct Fixed {
    double begin_s = 0; ///< until the first write is taken in
    double write_ns = 0;
};

Fixed fixed_cost(const std::string& workload) {
    const std::vector<std::string> args = {"--workload", workload, "--dsn", "host=none"};
    const auto plan = make_plan(parse_run_options(args), args);
    const auto now = wall_clock_us();
    const RunIdentity identity{1, now, now};
    const auto& kinds = plan.workload->operations();
    std::uint32_t write = 0;
    while (plan.weights[write] == 0 || !kinds[write].is_write) ++write;
    Fixed cost;
    const auto start = thread_seconds();
    const auto checker = plan.workload->answer_checker(identity, plan.weights);
    checker->add({0, write, Outcome::ok, 0, 1});
    const auto begun = thread_seconds();
    constexpr std::uint64_t writes = 500'000;
    for (std::uint64_t i = 1; i <= writes; ++i) {
        const auto at = static_cast<Ticks>(i) * 100'000; // 10,000 writes a second
        checker->add({i, write, Outcome::ok, at, at + 1'000'000});
        if (i % 1000 == 0) checker->forget_before(at - 200'000'000);
    }
    cost.begin_s = begun - start;
    cost.write_ns = (thread_seconds() - begun) * 1e9 / static_cast<double>(writes);
    return cost;
}

/// What each operation of the default mix costs besides, in ns.
struct Following {
    double ledger = 0;      ///< its completion told, and its outcome written where it is a write
    double attribution = 0; ///< its key made, hashed and looked up
    double recovery = 0;    ///< its place in the outages; in runs with faults
};

KeyGroups fault_groups() {
    constexpr int shards = 32;
    Placements placements;
    for (int shard = 0; shard < shards; ++shard)
        placements.push_back({fmt::format("worker{}", shard % 4 + 1)});
    return {ShardMap(Engine::citus, shards), placements, {{"worker2"}}};
}

std::vector<OperationInfo> operations_of(const Plan& plan) {
    std::vector<OperationInfo> operations;
    for (const auto& kind : plan.workload->operations())
        operations.push_back({kind.name, kind.is_write});
    return operations;
}

Following following_cost(const std::string& workload) {
    constexpr std::uint64_t operations = 4'000'000;
    constexpr std::uint64_t a_batch = 1000; // 10,000 a second
    const std::vector<std::string> args = {"--workload", workload, "--dsn", "host=none"};
    const auto plan = make_plan(parse_run_options(args), args);
    const auto infos = operations_of(plan);
    const auto groups = fault_groups();
    const CellLayout layout(infos.size(), nullptr);
    const auto session = plan.workload->session({1, 0, 0});
    const WeightedChoice mix(plan.weights);
    std::vector<std::uint32_t> kinds;
    for (std::uint64_t i = 0; i < operations; ++i)
        kinds.push_back(kind_of_operation(mix, plan.seed, 1, i));

    std::vector<std::int32_t> shards(operations);
    std::uint64_t cells = 0;
    const auto start = thread_seconds();
    for (std::uint64_t i = 0; i < operations; ++i) {
        shards[i] = groups.shard_of(session->key(i, kinds[i]));
        cells += layout.cell(kinds[i], groups.group_of(shards[i]));
    }
    const auto attributed = thread_seconds();

    Ledger ledger;
    Recovery recovery(infos, groups, 0, 5'000'000'000, 1);
    std::vector<std::vector<Completion>> batches(operations / a_batch);
    for (std::uint64_t i = 0; i < operations; ++i) {
        const auto at = static_cast<Ticks>(i) * 100'000;
        batches[i / a_batch].push_back({i, at, at, at + 1'000'000, shards[i],
                                        static_cast<std::uint16_t>(kinds[i]), Outcome::ok});
    }
    for (const auto& batch : batches)
        for (const auto& each : batch)
            if (infos[each.kind].is_write)
                ledger.record(each.index, each.outcome, each.sent, each.done);
    const auto recorded = thread_seconds();
    for (const auto& batch : batches) {
        recovery.add(batch);
        recovery.advance(batch.back().done, {});
    }
    const auto ns = [](double seconds) { return seconds * 1e9 / operations; };
    return {ns(recorded - attributed), ns(attributed - start) + (cells == 0 ? 1 : 0),
            ns(thread_seconds() - recorded)};
}

void print_following(const std::string& workload, double client_us) {
    const auto cost = following_cost(workload);
    fmt::print("{:<9} {:>11.2f} {:>10.1f} {:>14.1f} {:>11.1f} {:>21.2f} %\n", workload, client_us,
               cost.ledger, cost.attribution, cost.recovery,
               (cost.ledger + cost.attribution) / client_us / 10);
}

double client_us(const RunCost& cost) {
    return cost.client_s * 1e6 / cost.operations;
}

void print_answers(const std::string& dsn, const std::string& workload, const std::string& seconds,
                   const RunCost& off) {
    const auto fixed = fixed_cost(workload);
    const auto some = run(dsn, workload, "1%", seconds);
    const auto all = run(dsn, workload, "100%", seconds);
    const auto answer_us = (all.check_s - fixed.begin_s) * 1e6 / all.checked;
    fmt::print("{:<9} {:>11.2f} {:>10.1f} {:>10.0f} {:>10.1f} {:>9.1f} % {:>9.1f} %\n", workload,
               client_us(off), fixed.begin_s * 1e3, fixed.write_ns, answer_us,
               some.check_s / some.client_s * 100,
               (some.check_s - fixed.begin_s) / some.client_s * 100);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
    const std::string seconds = argc > 1 ? argv[1] : "30";
    try {
        const auto postgres = find_local_postgres();
        const auto cluster =
            LocalCluster::start(test::postgres_spec(), postgres, test::no_stop, test::no_log);
        const auto dsn = cluster->conninfo(cluster->nodes().front());
        fmt::print("the default mixes for {} s, 16 connections, PostgreSQL {}\n\n", seconds,
                   postgres.version);
        const std::vector<std::string> workloads = {"chat", "spatial"};
        std::vector<RunCost> off;
        for (const auto& workload : workloads) off.push_back(run(dsn, workload, "off", seconds));
        fmt::print("{:<9} {:>11} {:>10} {:>14} {:>11} {:>23}\n", "an operation", "client µs",
                   "ledger ns", "attribution ns", "recovery ns", "ledger + attribution");
        for (std::size_t i = 0; i < workloads.size(); ++i)
            print_following(workloads[i], client_us(off[i]));
        fmt::print("\n{:<9} {:>11} {:>10} {:>10} {:>10} {:>11} {:>11}\n", "answers", "client µs",
                   "begin ms", "a write ns", "answer µs", "at 1 %", "not begin");
        for (std::size_t i = 0; i < workloads.size(); ++i)
            print_answers(dsn, workloads[i], seconds, off[i]);
    } catch (const std::exception& error) {
        fmt::print(stderr, "perf_truth: {}\n", error.what());
        return 1;
    }
    return 0;
}
