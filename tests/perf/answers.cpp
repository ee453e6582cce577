// What judging answers costs: CPU time of the checker against that of the client, at the default
// mixes on a PostgreSQL of this machine; and what it takes to begin, and a write.
//
//   perf_answers [seconds]
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/make_plan.hpp"
#include "run/runner.hpp"
#include "support/local_cluster.hpp"

using namespace citusbench;

namespace {

struct Cost {
    double operations = 0;
    double client_s = 0;
    double checked = 0;
    double check_s = 0;
};

Cost run(const std::string& dsn, const std::string& workload, const std::string& share,
         const std::string& seconds) {
    const std::vector<std::string> args = {"--workload", workload, "--dsn",           dsn,
                                           "--duration", seconds,  "--check-answers", share};
    auto plan = make_plan(parse_run_options(args), args);
    plan.verify = false;
    std::vector<std::unique_ptr<Reporter>> none;
    Cost cost;
    Runner(plan, test::no_stop, none, "answers").run([&](const RunRecord& record) {
        const auto& client = record.details["client_cost"];
        cost.client_s = client["cpu_s"].get<double>();
        cost.operations = cost.client_s * 1e6 / client["cpu_us_per_operation"].get<double>();
        cost.checked = client["check_answers"]["checked"].get<double>();
        cost.check_s = client["check_answers"]["cpu_s"].get<double>();
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

void measure(const std::string& dsn, const std::string& workload, const std::string& seconds) {
    const auto fixed = fixed_cost(workload);
    const auto off = run(dsn, workload, "off", seconds);
    const auto some = run(dsn, workload, "1%", seconds);
    const auto all = run(dsn, workload, "100%", seconds);
    const auto client_us = off.client_s * 1e6 / off.operations;
    const auto answer_us = (all.check_s - fixed.begin_s) * 1e6 / all.checked;
    fmt::print("{:<9} {:>11.2f} {:>10.1f} {:>10.0f} {:>10.1f} {:>9.1f} % {:>9.1f} %\n", workload,
               client_us, fixed.begin_s * 1e3, fixed.write_ns, answer_us,
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
        fmt::print("{:<9} {:>11} {:>10} {:>10} {:>10} {:>11} {:>11}\n", "", "client µs", "begin ms",
                   "a write ns", "answer µs", "at 1 %", "not begin");
        measure(dsn, "chat", seconds);
        measure(dsn, "spatial", seconds);
    } catch (const std::exception& error) {
        fmt::print(stderr, "perf_answers: {}\n", error.what());
        return 1;
    }
    return 0;
}
