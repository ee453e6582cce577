// What opening connections costs with a PostgreSQL of this machine, which starts a process for
// each: all at once, as a run does it, with a password proven by MD5 and by SCRAM-SHA-256.
//
//   perf_connect [connections]
#include <cstdio>
#include <string>

#include <fmt/format.h>

#include "core/time.hpp"
#include "support/local_cluster.hpp"
#include "support/null_load.hpp"
#include "worker/worker_pool.hpp"

using namespace citusbench;

namespace {

void show(const std::string& method, const std::string& dsn, unsigned connections) {
    const test::NullWorkload workload;
    LoadPlan load;
    load.workload = &workload;
    load.weights = {1};
    load.statements = {{"s0", workload.operations().front().sql}};
    load.entries = {{"postgres", pg::Conninfo::parse(dsn)}};
    load.connections = connections;
    BatchQueue batch_queue;
    const auto cpu = process_cpu();
    const auto begun = now_ticks();
    {
        WorkerPool pool(load, batch_queue);
        pool.connect(300'000'000'000, test::no_stop);
        const auto took = to_seconds(now_ticks() - begun);
        const auto each = static_cast<double>(process_cpu() - cpu) / 1e6 / connections;
        fmt::print("{:<14} {:>11} {:>8.2f} {:>18.2f}\n", method, connections, took, each);
        std::fflush(stdout);
    }
}

} // namespace

int main(int argc, char** argv) {
    const auto most = argc > 1 ? static_cast<unsigned>(std::stoul(argv[1])) : 1000U;
    try {
        auto spec = test::postgres_spec();
        spec.connections = static_cast<int>(most);
        const auto cluster =
            LocalCluster::start(spec, find_local_postgres(), test::no_stop, test::no_log);
        const auto& node = cluster->nodes().front();
        fmt::print("{:<14} {:>11} {:>8} {:>18}\n", "password", "connections", "open s",
                   "client CPU ms each");
        for (const std::string method : {"md5", "scram-sha-256"}) {
            test::ask(cluster->conninfo(node),
                      fmt::format("set password_encryption = '{0}'; create role \"{0}\" login "
                                  "superuser password 'measured'; select 1",
                                  method));
            const auto dsn = fmt::format("host={} port={} dbname=citusbench user={} "
                                         "password=measured",
                                         node.host, node.port, method);
            for (const auto connections : {most / 10, most})
                if (connections > 0) show(method, dsn, connections);
        }
    } catch (const std::exception& error) {
        fmt::print(stderr, "perf_connect: {}\n", error.what());
        return 1;
    }
    return 0;
}
