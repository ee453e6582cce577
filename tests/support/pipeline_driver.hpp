#pragma once

#include <poll.h>

#include <string>
#include <vector>

#include "pg/pipeline.hpp"

namespace citusbench::test {

/// A pg::Reply that outlives its call.
struct Answer {
    bool ok = false;
    pg::CompletionKind completion_kind = pg::CompletionKind::error_result;
    std::uint32_t rows = 0;
    std::string sqlstate;
    std::string message;
};

/// One connection and the small loop around it that a Worker is in earnest.
class PipelineDriver {
  public:
    explicit PipelineDriver(std::size_t depth) : pipeline(depth) {}

    /// Connects and prepares; true if it became ready within 10 s.
    bool open(const std::string& conninfo, std::vector<pg::Statement> to_prepare) {
        statements = std::move(to_prepare);
        if (!pipeline.open(pg::Conninfo::parse(conninfo), statements)) return false;
        return until([&] { return is(pg::Pipeline::State::ready); });
    }

    bool is(pg::Pipeline::State state) const { return pipeline.state() == state; }

    /// Looks at the socket once, waiting for it at most `wait_ms`.
    void turn(int wait_ms = 50) {
        if (is(pg::Pipeline::State::closed)) return;
        pollfd fd{pipeline.socket(), POLLIN, 0};
        if (pipeline.wants_write()) fd.events |= POLLOUT;
        poll(&fd, 1, wait_ms);
        const bool broken = (fd.revents & (POLLERR | POLLHUP)) != 0;
        pipeline.on_event(broken || (fd.revents & POLLIN), broken || (fd.revents & POLLOUT),
                          [&](const pg::Reply& reply) { keep(reply); });
    }

    /// Turns until `done` holds, at most 10 s, and not after the connection is closed.
    template <typename Done>
    bool until(Done done) {
        const auto deadline = now_ticks() + 10'000'000'000;
        while (!done() && !is(pg::Pipeline::State::closed) && now_ticks() < deadline) turn();
        return done();
    }
    bool until_answers(std::size_t count) {
        return until([&] { return answers.size() >= count; });
    }
    bool until_closed() {
        return until([&] { return is(pg::Pipeline::State::closed); });
    }

    void keep(const pg::Reply& reply) {
        answers.push_back({reply.ok, reply.completion_kind, reply.rows, std::string(reply.sqlstate),
                           std::string(reply.message)});
    }

    /// Sends statement `number` with bigint parameters.
    bool send(std::size_t number, const std::vector<std::int64_t>& values = {}) {
        pg::Params params;
        for (const auto value : values) params.add_int8(value);
        return pipeline.send(number, params);
    }

    pg::Pipeline pipeline;
    std::vector<pg::Statement> statements;
    std::vector<Answer> answers;
};

} // namespace citusbench::test
