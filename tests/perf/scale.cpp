// Many connections from one process and one thread, against a null server in another process: how
// long opening them takes, what an operation and a connection cost, and what a storm of reconnects
// does to the event loop.
//
//   perf_scale [connections]
//
// Each connection takes a local port of 127.0.0.1, of which there are about 28,000, and a
// descriptor in either process.
#include <libpq-fe.h>
#include <poll.h>

#include <cstdio>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "perf/support/process.hpp"
#include "support/null_load.hpp"
#include "support/null_server.hpp"

using namespace citusbench;

namespace {

using namespace std::chrono_literals;

struct Measured {
    double connect_s = 0;
    double cpu_us = 0; ///< per operation
    double bytes = 0;  ///< per connection
    double max_iteration_ms = 0;
    double per_second = 0;
    std::uint64_t ok = 0;
    std::uint64_t other = 0; ///< failed or skipped
    std::uint64_t reconnects = 0;
};

Measured measure(const std::string& conninfo, const test::NullLoad& load,
                 const std::function<void(Ticks)>& ready = {}) {
    const auto before = perf::resident_bytes();
    std::uint64_t after = 0;
    const auto run = test::run_null_load(conninfo, load, [&](Ticks zero) {
        after = perf::resident_bytes();
        if (ready) ready(zero);
    });
    const auto& stats = run.stats();
    Measured measured;
    measured.ok = stats.count(Outcome::ok);
    measured.other = stats.completed() - measured.ok;
    measured.connect_s = to_seconds(run.connect);
    measured.cpu_us = static_cast<double>(run.cpu) / 1e3 / static_cast<double>(measured.ok);
    measured.bytes = static_cast<double>(after - before) / load.connections;
    measured.max_iteration_ms = static_cast<double>(run.loop.max_iteration) / 1e6;
    measured.per_second = static_cast<double>(measured.ok) / run.record.phases.front().seconds();
    measured.reconnects = run.cost.reconnects;
    return measured;
}

/// What libpq itself keeps for a connection, in bytes.
double bare_bytes(const std::string& conninfo, unsigned connections) {
    const auto before = perf::resident_bytes();
    std::vector<PGconn*> open; // never closed: the process ends
    for (unsigned i = 0; i < connections; ++i) {
        open.push_back(PQconnectStart(conninfo.c_str()));
        auto* connection = open.back();
        auto polling = PGRES_POLLING_WRITING;
        while (polling != PGRES_POLLING_OK && polling != PGRES_POLLING_FAILED) {
            pollfd poller{PQsocket(connection), POLLIN, 0};
            if (polling == PGRES_POLLING_WRITING) poller.events = POLLOUT;
            poll(&poller, 1, 1000);
            polling = PQconnectPoll(connection);
        }
        if (polling != PGRES_POLLING_OK) throw RunError(PQerrorMessage(connection));
    }
    return static_cast<double>(perf::resident_bytes() - before) / connections;
}

void show_cost(const perf::NullServerProcess& server, unsigned most) {
    fmt::print("{:>11} {:>10} {:>8} {:>14} {:>16} {:>14} {:>12}\n", "connections", "open s",
               "CPU µs", "operations/s", "kB a connection", "libpq's share", "turn ms");
    double at_100 = 0;
    for (const unsigned connections : {100U, 1'000U, most}) {
        test::NullLoad load;
        load.connections = connections;
        load.duration = 3s;
        const auto measured =
            perf::in_child<Measured>([&] { return measure(server.conninfo(), load); });
        const auto bare =
            perf::in_child<double>([&] { return bare_bytes(server.conninfo(), connections); });
        if (connections == 100) at_100 = measured.cpu_us;
        fmt::print("{:>11} {:>10.2f} {:>8.2f} {:>14.0f} {:>16.1f} {:>12.0f} % {:>12.1f}   {:.2f} × "
                   "the cost at 100\n",
                   connections, measured.connect_s, measured.cpu_us, measured.per_second,
                   measured.bytes / 1e3, bare / measured.bytes * 100, measured.max_iteration_ms,
                   measured.cpu_us / at_100);
        std::fflush(stdout);
    }
}

/// When the last connection was back, in seconds after they could be; -1: some are not.
double seconds_to_return(perf::NullServerProcess& server, unsigned connections, Ticks from) {
    std::istringstream counts(server.command("counts"));
    std::uint64_t operations, errors, accepted, started;
    Ticks open, last_started;
    counts >> operations >> errors >> accepted >> started >> open >> last_started;
    return started < 2ULL * connections ? -1 : to_seconds(last_started - from);
}

void show_storm(unsigned connections, bool with_storm) {
    perf::NullServerProcess server;
    constexpr Ticks refused_ms = 1'000;
    struct Storm {
        Measured measured;
        double back_s;
    };
    const auto storm = perf::in_child<Storm>([&] {
        test::NullLoad load;
        load.connections = connections;
        load.arrival = Constant{2'000};
        load.duration = 8s;
        load.timeout = 1s;
        Ticks dropped = 0;
        std::thread dropper;
        auto measured = measure(server.conninfo(), load, [&](Ticks zero) {
            if (!with_storm) return;
            dropper = std::thread([&, zero] {
                std::this_thread::sleep_for(Nanoseconds(zero + 1'000'000'000 - now_ticks()));
                dropped = now_ticks();
                server.command(fmt::format("drop {}", refused_ms));
            });
        });
        if (dropper.joinable()) dropper.join();
        return Storm{measured, with_storm ? seconds_to_return(server, connections,
                                                              dropped + refused_ms * 1'000'000)
                                          : 0};
    });
    fmt::print("{:<14} longest turn {:>7.1f} ms, {} operations ok, {} not, {} reconnects",
               with_storm ? "with a storm:" : "without:", storm.measured.max_iteration_ms,
               storm.measured.ok, storm.measured.other, storm.measured.reconnects);
    if (with_storm) fmt::print(", all back after {:.2f} s", storm.back_s);
    fmt::print("\n");
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
    const auto connections = static_cast<unsigned>(argc > 1 ? std::stoi(argv[1]) : 10'000);
    try {
        if (test::raise_descriptor_limit() < connections + 100)
            throw RunError(fmt::format("{} connections need more descriptors than this process "
                                       "may have; raise the hard limit (ulimit -Hn)",
                                       connections));
        fmt::print("one thread, closed loop, null server\n\n");
        {
            const perf::NullServerProcess server;
            show_cost(server, connections);
        }
        fmt::print("\n{} connections, 2,000 operations/s in an open loop; after 1 s all are reset "
                   "and refused for 1 s\n\n",
                   connections);
        show_storm(connections, false);
        show_storm(connections, true);
    } catch (const std::exception& error) {
        fmt::print(stderr, "perf_scale: {}\n", error.what());
        return 1;
    }
    return 0;
}
