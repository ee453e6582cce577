#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "os/unique_fd.hpp"
#include "support/null_protocol.hpp"
#include "support/null_script.hpp"

namespace citusbench::test {

/// Speaks just enough of PostgreSQL's protocol for libpq, on one thread with one epoll, and answers
/// every operation with one row when the script says so. It remembers what it did, which is the
/// truth to compare a client's numbers with. Nothing is parsed, planned or stored; an operation
/// allocates nothing.
class NullServer {
  public:
    /// Listens on 127.0.0.1 from now on; port 0 takes a free one. Throws std::system_error.
    explicit NullServer(const NullScript& script = {}, std::uint16_t port = 0);
    NullServer(const NullServer&) = delete;
    NullServer& operator=(const NullServer&) = delete;
    ~NullServer();

    std::uint16_t port() const { return port_; }
    /// For libpq; without TLS and GSSAPI, which would be asked for and refused.
    std::string conninfo() const;

    /// From `at` on the server does nothing at all for so long: SIGSTOP, seen from outside.
    void freeze(Ticks at, Ticks length);
    /// At `at` every connection is reset, and for so long new ones are refused.
    void drop_all(Ticks at, Ticks length);

    NullCounts counts() const;
    /// Ends the thread and closes every connection; throws what ended it before, if something did.
    void stop();
    /// After stop(): the operations in the order of their answers, as many as the script lets it
    /// remember.
    const std::vector<NullAnswer>& answers() const { return answers_; }

  private:
    struct Connection {
        UniqueFd fd;
        std::uint32_t generation = 0; ///< so that an answer never goes to the slot's next client
        std::string input;            ///< a message that is not whole yet
        std::string output;           ///< not taken by the socket yet
        std::size_t waiting = 0;      ///< answers that are not due yet
        Ticks last_due = 0;
        NullBind bind;
        bool started = false;
        bool first = true;      ///< its first operation did not come yet
        bool described = false; ///< the columns of the bound statement were asked for
        bool skipping = false;  ///< after an error, until the next sync
        bool wants_write = false;
    };
    /// An answer that is not due yet.
    struct Due {
        Ticks due;
        std::uint64_t sequence; ///< answers that are due at once keep their order
        std::uint32_t slot;
        std::uint32_t generation;
        NullUnit unit;
        bool is_operation;
        NullAnswer answer;
        bool operator<(const Due& other) const { // for a heap with the earliest on top
            return due != other.due ? due > other.due : sequence > other.sequence;
        }
    };
    struct Orders {
        Ticks freeze_at = never, freeze_until = never;
        Ticks drop_at = never, listen_at = never;
    };

    // null_server.cpp: the thread, its clock and its sockets
    void run();
    void loop();
    void wait(Ticks until);
    Ticks obey();
    void listen_again();
    void accept_all();
    void close_all();
    void close_one(std::uint32_t slot);
    void change(std::uint32_t slot, std::uint32_t events, int operation);
    void on_socket(std::uint64_t token, std::uint32_t events);
    bool read_from(std::uint32_t slot);
    ssize_t receive(int fd, std::size_t kept, Ticks& arrived);
    bool flush(std::uint32_t slot);

    // null_server_answers.cpp: what is said and when
    std::size_t take_messages(std::uint32_t slot, std::string_view bytes, Ticks arrived);
    std::size_t take_startup(Connection& connection, std::string_view bytes);
    void take_message(std::uint32_t slot, const NullMessage& message, Ticks arrived);
    void operate(std::uint32_t slot, NullUnit unit, Ticks arrived);
    void say(std::uint32_t slot, NullUnit unit, Ticks due, const NullAnswer* answer = nullptr);
    void emit(Connection& connection, NullUnit unit, const NullAnswer* answer);
    void deliver_due(Ticks now);

    const NullScript script_;
    std::uint16_t port_;
    UniqueFd epoll_;
    UniqueFd wake_;
    UniqueFd listener_;
    std::vector<std::unique_ptr<Connection>> connections_; ///< by slot
    std::vector<std::uint32_t> free_slots_;
    std::vector<Due> waiting_; ///< a heap
    std::vector<epoll_event> events_;
    std::vector<char> buffer_;
    std::vector<NullAnswer> answers_;
    const Ticks wall_clock_ahead_; ///< of the monotonic clock, in which the kernel's notes are not
    std::uint64_t sequence_ = 0;
    Ticks free_at_ = 0; ///< by the pace of the script
    std::uint64_t ungreeted_ = 0;
    bool closing_ = false; ///< the connection whose messages are taken in has ended

    // Written by the thread alone.
    std::atomic<std::uint64_t> operations_{0}, errors_{0}, accepted_{0}, started_{0}, cancels_{0},
        open_{0}, max_waiting_{0};
    std::atomic<Ticks> last_started_{0};

    std::mutex mutex_;
    Orders orders_; ///< guarded
    std::atomic<bool> stopping_{false};
    std::exception_ptr failure_;
    std::thread thread_;
};

/// Lets this process have as many descriptors as it may: the hard limit, which is returned.
std::uint64_t raise_descriptor_limit();

} // namespace citusbench::test
