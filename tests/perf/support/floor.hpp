#pragma once

#include <libpq-fe.h>
#include <sys/epoll.h>

#include <memory>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/time.hpp"
#include "os/unique_fd.hpp"
#include "perf/support/null_cost.hpp"
#include "pg/wire.hpp"

namespace citusbench::perf {

struct Case {
    unsigned connections;
    std::size_t pipeline; ///< operations in flight on a connection, all under one sync
};

/// The barest client: one thread, one epoll, prepared statement, binary parameter, pipelines of
/// libpq; it sends, waits and receives what a worker does, and records nothing.
class Floor {
  public:
    Floor(const std::string& conninfo, const Case& wanted)
        : pipeline_(wanted.pipeline), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
        for (unsigned i = 0; i < wanted.connections; ++i) open(conninfo);
    }

    [[gnu::noinline]] Cost run(int seconds) {
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
                operations / to_seconds(now_ - start), operations};
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

} // namespace citusbench::perf
