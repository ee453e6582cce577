// The time of each operation inside a pipeline, by its depth, against a null server in another
// process that answers each operation a fixed time after it arrived, however many there are: what
// is above that time is the client's and the machine's.
//
//   perf_depth [seconds] [delay in µs]
#include <cstdio>
#include <string>

#include <fmt/format.h>

#include "perf/support/process.hpp"
#include "support/null_load.hpp"
#include "support/null_server.hpp"

using namespace citusbench;

namespace {

double us(std::uint64_t ns) {
    return static_cast<double>(ns) / 1e3;
}

void show(const std::string& conninfo, std::size_t depth, int seconds) {
    test::NullLoad load;
    load.connections = 4;
    load.depth = depth;
    load.duration = std::chrono::seconds(seconds);
    const auto run = test::run_null_load(conninfo, load);
    const auto& stats = run.stats();
    const auto ok = static_cast<double>(stats.count(Outcome::ok));
    const auto& service = stats.service[index_of(Outcome::ok)];
    fmt::print("{:>5} {:>9.0f} {:>10.2f} {:>14.0f} {:>9.0f} {:>9.0f}\n", depth,
               ok / run.record.phases.front().seconds(), static_cast<double>(run.cpu) / 1e3 / ok,
               us(service.quantile(0.5)), us(service.quantile(0.99)), us(service.max()));
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
    const int seconds = argc > 1 ? std::stoi(argv[1]) : 3;
    const int delay_us = argc > 2 ? std::stoi(argv[2]) : 5'000;
    try {
        const perf::NullServerProcess server({"--delay-us", std::to_string(delay_us)});
        fmt::print("4 connections, one operation a sync, answered after {} µs\n\n", delay_us);
        fmt::print("{:>5} {:>9} {:>10} {:>14} {:>9} {:>9}\n", "depth", "ok/s", "CPU µs",
                   "service p50 µs", "p99 µs", "max µs");
        for (std::size_t depth = 1; depth <= 64; depth *= 2)
            show(server.conninfo(), depth, seconds);
    } catch (const std::exception& error) {
        fmt::print(stderr, "perf_depth: {}\n", error.what());
        return 1;
    }
    return 0;
}
