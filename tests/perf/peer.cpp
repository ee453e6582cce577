// Client CPU per operation against pgbench: the same single-row SELECT by key, prepared, on the
// same server, with the same connections and one thread, in pairs of runs that follow one another.
// A thousand connections go to a null server in a process of its own, which takes them more easily
// than a thousand back ends on a small machine do: to one that answers at once, so that the client
// is saturated and finds many answers whenever it looks, and to one that takes 50 ms.
//
//   perf_peer [pairs] [seconds]
#include <libpq-fe.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "perf/support/null_cost.hpp"
#include "perf/support/process.hpp"
#include "perf/support/spread.hpp"
#include "run/runner.hpp"
#include "support/local_cluster.hpp"
#include "support/null_server.hpp"

using namespace citusbench;
using perf::Cost;

namespace {

constexpr int accounts = 100'000; // pgbench -s 1

/// pgbench's built-in select-only script as a workload.
class SelectOnly final : public Workload {
  public:
    std::string_view name() const override { return "select"; }
    std::string scale() const override { return "pgbench -s 1"; }
    const std::vector<OperationKind>& operations() const override { return kinds_; }
    const std::vector<pg::TableSpec>& tables() const override { return tables_; }
    std::uint64_t row_count(std::size_t) const override { return 0; }
    RoutingKey make_row(std::size_t, std::uint64_t, std::int64_t, pg::CopyBuffer&) const override {
        return {};
    }
    std::unique_ptr<Session> session(const RunIdentity&) const override {
        struct Select final : Session {
            void make(std::uint64_t index, std::uint32_t, Operation& operation) override {
                Random random(1, 2, index);
                operation.params.add_int4(static_cast<std::int32_t>(1 + random.below(accounts)));
            }
        };
        return std::make_unique<Select>();
    }

  private:
    std::vector<OperationKind> kinds_{
        {"select", false, 1, "select abalance from pgbench_accounts where aid = $1::int4", "", 0}};
    std::vector<pg::TableSpec> tables_;
};

struct PeerCase {
    unsigned connections;
    std::size_t pipeline;   ///< statements a sync
    int null_delay_us = -1; ///< of a null server instead of PostgreSQL

    bool null_server() const { return null_delay_us >= 0; }
    std::string server() const {
        if (!null_server()) return "PostgreSQL";
        return null_delay_us == 0 ? "null" : fmt::format("null, {} ms", null_delay_us / 1000);
    }
};

Cost run_citusbench(const std::string& dsn, const PeerCase& wanted, int seconds) {
    Plan plan;
    plan.workload = std::make_shared<SelectOnly>();
    plan.weights = {1};
    plan.dsns = {dsn};
    plan.connections = wanted.connections;
    plan.depth = plan.batch = wanted.pipeline;
    plan.duration = std::chrono::seconds(seconds);
    plan.timeout = 5 * ticks_per_second;
    plan.interval = ticks_per_second;
    plan.verify = false;
    std::vector<std::unique_ptr<Reporter>> none;
    Cost cost;
    run_plan(plan, test::no_stop, none, "peer", [&](const RunRecord& record) {
        cost.cpu_us = record.details.client->cost.cpu_us_per_operation;
        const auto& phase = record.phases.back();
        cost.per_second =
            static_cast<double>(phase.operations[0].count(Outcome::ok)) / phase.seconds();
    });
    return cost;
}

double number_after(const std::string& text, const std::string& words) {
    const auto at = text.find(words);
    if (at == std::string::npos) throw RunError("pgbench printed no '" + words + "'");
    return std::stod(text.substr(at + words.size()));
}

/// What pgbench spends before its first transaction is taken off, as it is for citusbench.
Cost run_peer(const std::string& bin_dir, const std::string& dsn, const std::string& script,
              const PeerCase& wanted, int seconds) {
    const auto run = [&](const std::string& option, int value) {
        return perf::run_program({bin_dir + "/pgbench", "-n", "-M", "prepared", "-j", "1", "-c",
                                  std::to_string(wanted.connections), "-f", script, option,
                                  std::to_string(value), dsn});
    };
    const auto start = run("-t", 1);
    const auto whole = run("-T", seconds);
    const auto count =
        number_after(whole.output, "actually processed: ") * static_cast<double>(wanted.pipeline);
    const auto tps = number_after(whole.output, "tps = ") * static_cast<double>(wanted.pipeline);
    return {(whole.cpu_s - start.cpu_s) * 1e6 / count, tps};
}

std::string write_script(const PeerCase& wanted) {
    const auto path = fmt::format("/tmp/citusbench-peer-{}-{}.sql", getpid(), wanted.pipeline);
    const auto* const sql = wanted.null_server()
                                ? "SELECT :aid::int4;\n"
                                : "SELECT abalance FROM pgbench_accounts WHERE aid = :aid;\n";
    std::ofstream file(path);
    const auto pipeline = wanted.pipeline;
    if (pipeline > 1) file << "\\startpipeline\n";
    for (std::size_t i = 0; i < pipeline; ++i)
        file << fmt::format("\\set aid random(1, {})\n", accounts) << sql;
    if (pipeline > 1) file << "\\endpipeline\n";
    return path;
}

void compare(const std::string& bin_dir, const std::string& dsn, const PeerCase& wanted, int pairs,
             int seconds) {
    const auto script = write_script(wanted);
    std::vector<double> ours, theirs, ratios, throughput;
    for (int i = 0; i < pairs; ++i) {
        const auto peer = run_peer(bin_dir, dsn, script, wanted, seconds);
        const auto own = wanted.null_server() ? perf::cost_on_null_server(dsn, wanted.connections,
                                                                          wanted.pipeline, seconds)
                                              : run_citusbench(dsn, wanted, seconds);
        ours.push_back(own.cpu_us);
        theirs.push_back(peer.cpu_us);
        ratios.push_back(own.cpu_us / peer.cpu_us);
        throughput.push_back(own.per_second / peer.per_second);
    }
    std::remove(script.c_str());
    const perf::Spread ratio(ratios);
    fmt::print("{:<12} {:>11} {:>8} {:>12.2f} {:>12.2f} {:>8.2f} {:>12} {:>13.2f}\n",
               wanted.server(), wanted.connections, wanted.pipeline, perf::Spread(theirs).median,
               perf::Spread(ours).median, ratio.median, ratio.range(),
               perf::Spread(throughput).median);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
    const int pairs = argc > 1 ? std::stoi(argv[1]) : 5;
    const int seconds = argc > 2 ? std::stoi(argv[2]) : 4;
    try {
        auto spec = test::postgres_spec();
        spec.connections = 80;
        const auto postgres = find_local_postgres();
        const auto cluster = LocalCluster::start(spec, postgres, test::no_stop, test::no_log);
        const auto dsn = cluster->conninfo(cluster->nodes().front());
        const auto bin_dir = postgres.bin_dir.string();
        perf::run_program({bin_dir + "/pgbench", "-i", "-q", "-s", "1", dsn});
        fmt::print(
            "client CPU per operation, {} pairs of {} s, PostgreSQL {}, libpq {}, one thread\n\n",
            pairs, seconds, postgres.version, PQlibVersion() / 10000);
        fmt::print("{:<12} {:>11} {:>8} {:>12} {:>12} {:>8} {:>12} {:>13}\n", "server",
                   "connections", "pipeline", "pgbench µs", "own µs", "ratio", "spread",
                   "throughput");
        for (const auto& wanted :
             {PeerCase{8, 1}, PeerCase{64, 1}, PeerCase{8, 8}, PeerCase{8, 64}})
            compare(bin_dir, dsn, wanted, pairs, seconds);
        test::raise_descriptor_limit();
        for (const auto& wanted : {PeerCase{1000, 1, 0}, PeerCase{1000, 1, 50'000}}) {
            const auto delay = std::to_string(wanted.null_delay_us);
            const perf::NullServerProcess server({"--delay-us", delay, "--stagger-us", delay});
            compare(bin_dir, server.conninfo(), wanted, pairs, seconds);
        }
    } catch (const std::exception& error) {
        fmt::print(stderr, "perf_peer: {}\n", error.what());
        return 1;
    }
    return 0;
}
