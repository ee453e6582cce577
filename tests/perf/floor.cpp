// Client CPU per operation against the floor: the barest loop of libpq and epoll that sends, waits
// and receives the same and records nothing. Both against a null server in another process, in
// pairs of runs that follow one another.
//
//   perf_floor [pairs] [seconds]
#include <libpq-fe.h>
#include <sys/epoll.h>

#include <bit>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/cpu_time.hpp"
#include "perf/support/null_cost.hpp"
#include "perf/support/process.hpp"
#include "perf/support/spread.hpp"
#include "pg/wire.hpp"
#include "support/null_server.hpp"

using namespace citusbench;
using perf::Cost;

namespace {

struct Case {
    unsigned connections;
    std::size_t pipeline; ///< operations in flight on a connection, all under one sync
};

/// One thread, one epoll, prepared statement, binary parameter; pipelines of libpq.
class Floor {
  public:
    Floor(const std::string& conninfo, const Case& wanted)
        : pipeline_(wanted.pipeline), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
        for (unsigned i = 0; i < wanted.connections; ++i) open(conninfo);
    }

    Cost run(int seconds) {
        const auto cpu = process_cpu();
        const auto start = now_ticks();
        end_ = start + seconds * 1'000'000'000LL;
        now_ = start;
        for (const auto& connection : connections_) send(connection.get());
        std::vector<epoll_event> events(256);
        while (in_flight_ > 0) {
            const int count =
                epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
            now_ = now_ticks();
            for (int i = 0; i < count; ++i)
                receive(static_cast<PGconn*>(events[static_cast<std::size_t>(i)].data.ptr));
        }
        const auto operations = static_cast<double>(done_);
        return {static_cast<double>(process_cpu() - cpu) / 1e3 / operations,
                operations / to_seconds(now_ - start)};
    }

  private:
    struct Finish {
        void operator()(PGconn* connection) const { PQfinish(connection); }
    };

    static void check(bool good, PGconn* connection) {
        if (!good) throw RunError(PQerrorMessage(connection));
    }

    void open(const std::string& conninfo) {
        connections_.emplace_back(PQconnectdb(conninfo.c_str()));
        auto* connection = connections_.back().get();
        check(PQstatus(connection) == CONNECTION_OK, connection);
        PQclear(PQprepare(connection, "s0", "select $1::int4", 0, nullptr));
        check(PQsetnonblocking(connection, 1) == 0 && PQenterPipelineMode(connection) == 1,
              connection);
        epoll_event event{EPOLLIN, {.ptr = connection}};
        epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, PQsocket(connection), &event);
    }

    void send(PGconn* connection) {
        const int length = 4;
        const int binary = 1;
        for (std::size_t i = 0; i < pipeline_; ++i) {
            const auto bytes = pg::to_wire(static_cast<std::int32_t>(done_ + i));
            const char* value = bytes.data();
            check(PQsendQueryPrepared(connection, "s0", 1, &value, &length, &binary, 1) == 1,
                  connection);
        }
        check(PQpipelineSync(connection) == 1, connection);
        in_flight_ += pipeline_;
    }

    void receive(PGconn* connection) {
        check(PQconsumeInput(connection) == 1, connection);
        while (PQisBusy(connection) == 0) {
            auto* result = PQgetResult(connection);
            const auto status = PQresultStatus(result);
            PQclear(result);
            if (status != PGRES_PIPELINE_SYNC) continue;
            in_flight_ -= pipeline_;
            done_ += pipeline_;
            if (now_ < end_) send(connection);
            return;
        }
    }

    std::size_t pipeline_;
    UniqueFd epoll_;
    std::vector<std::unique_ptr<PGconn, Finish>> connections_;
    std::size_t in_flight_ = 0;
    std::size_t done_ = 0;
    Ticks now_ = 0;
    Ticks end_ = 0;
};

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
