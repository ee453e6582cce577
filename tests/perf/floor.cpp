// Client CPU per operation against the floor: the barest loop of libpq and epoll that sends, waits
// and receives the same and records nothing. Both against a null server in another process, in
// pairs of runs that follow one another.
//
//   perf_floor [pairs] [seconds]
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "perf/support/floor.hpp"
#include "perf/support/process.hpp"
#include "perf/support/spread.hpp"
#include "support/null_server.hpp"

using namespace citusbench;
using perf::Case;
using perf::Cost;
using perf::Floor;

namespace {

void compare(const Case& wanted, int pairs, int seconds) {
    const perf::NullServerProcess server;
    std::vector<double> ours, floors, ratios, throughput;
    for (int i = 0; i < pairs; ++i) {
        // Each in a process of its own and in turns, so that neither has the other's caches.
        const auto floor =
            perf::in_child<Cost>([&] { return Floor(server.conninfo(), wanted).run(seconds); });
        const auto own = perf::in_child<Cost>([&] {
            return perf::cost_on_null_server(server.conninfo(), wanted.connections, wanted.pipeline,
                                             seconds);
        });
        floors.push_back(floor.cpu_us);
        ours.push_back(own.cpu_us);
        ratios.push_back(own.cpu_us / floor.cpu_us);
        throughput.push_back(own.per_second / floor.per_second);
    }
    const perf::Spread ratio(ratios);
    fmt::print("{:>11} {:>8} {:>10.2f} {:>10.2f} {:>8.2f} {:>12} {:>13.2f}\n", wanted.connections,
               wanted.pipeline, perf::Spread(floors).median, perf::Spread(ours).median,
               ratio.median, ratio.range(), perf::Spread(throughput).median);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
    const int pairs = argc > 1 ? std::stoi(argv[1]) : 5;
    const int seconds = argc > 2 ? std::stoi(argv[2]) : 3;
    try {
        test::raise_descriptor_limit();
        fmt::print(
            "client CPU per operation, {} pairs of {} s, null server, one thread, libpq {}\n\n",
            pairs, seconds, PQlibVersion() / 10000);
        fmt::print("{:>11} {:>8} {:>10} {:>10} {:>8} {:>12} {:>13}\n", "connections", "pipeline",
                   "floor µs", "own µs", "ratio", "spread", "throughput");
        for (const auto& wanted : {Case{1, 1}, Case{8, 1}, Case{64, 1}, Case{1000, 1}, Case{8, 64}})
            compare(wanted, pairs, seconds);
    } catch (const std::exception& error) {
        fmt::print(stderr, "perf_floor: {}\n", error.what());
        return 1;
    }
    return 0;
}
