// Whether memory grows with the length of a run: the greatest memory of a short one and of a long
// one, each in a process of its own, against a null server in another.
//
//   perf_memory [short in s] [long in s]
#include <sys/resource.h>

#include <cstdio>
#include <string>

#include <fmt/format.h>

#include "perf/support/process.hpp"
#include "support/null_load.hpp"
#include "support/null_server.hpp"

using namespace citusbench;

namespace {

struct Used {
    double megabytes = 0;
    std::uint64_t operations = 0;
};

Used measure(const std::string& conninfo, int seconds) {
    test::NullLoad load;
    load.connections = 64;
    load.arrival = Poisson{5'000};
    load.duration = std::chrono::seconds(seconds);
    const auto run = test::run_null_load(conninfo, load);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return {static_cast<double>(usage.ru_maxrss) / 1e3, run.stats().count(Outcome::ok)};
}

} // namespace

int main(int argc, char** argv) {
    const int brief = argc > 1 ? std::stoi(argv[1]) : 60;
    const int extended = argc > 2 ? std::stoi(argv[2]) : 600;
    try {
        const perf::NullServerProcess server({"--slow-us", "20000", "--slow-every", "100"});
        double first = 0;
        for (const int seconds : {brief, extended}) {
            const auto used =
                perf::in_child<Used>([&] { return measure(server.conninfo(), seconds); });
            if (first == 0) first = used.megabytes;
            fmt::print("{:>5} s: {:>9} operations, at most {:.1f} MB ({:+.1f})\n", seconds,
                       used.operations, used.megabytes, used.megabytes - first);
            std::fflush(stdout);
        }
    } catch (const std::exception& error) {
        fmt::print(stderr, "perf_memory: {}\n", error.what());
        return 1;
    }
    return 0;
}
