#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>

#include "core/time.hpp"
#include "network/proxy_connection.hpp"
#include "os/unique_fd.hpp"

namespace citusbench {

/// Stands in front of one server, on one thread, and passes TCP connections on. It can delay data
/// to the server, and can cut all traffic like an unplugged cable. A connection that the server
/// refuses or resets is reset at the client's side. Thread-safe.
class TcpProxy {
  public:
    struct Address {
        std::string host; ///< an IPv4 address
        std::uint16_t port = 0;
    };

    /// Listens from now on; port 0 takes a free one. Throws PortTaken, RunError.
    TcpProxy(const Address& listen, Address server);
    TcpProxy(const TcpProxy&) = delete;
    TcpProxy& operator=(const TcpProxy&) = delete;
    ~TcpProxy(); ///< closes every connection

    std::uint16_t port() const { return port_; }
    /// Data sent to the server arrives there this much later, in order; replies are not delayed, so
    /// a round trip takes this much longer. The kernel's own handshake of a new connection is not
    /// delayed. Returns the time from which on this holds for new data.
    Ticks set_delay(Nanoseconds delay);
    /// Cut: nothing goes through in either direction, neither bytes nor ends of connections, and
    /// new connections get no answer. Healed: held data is passed on. Returns the time from which
    /// on this holds.
    Ticks cut(bool is_cut);
    /// CPU time of its thread so far, which is not the load's.
    Nanoseconds cpu() const;

  private:
    struct Settings {
        bool stop = false;
        bool cut = false;
        Ticks delay = 0;
    };
    struct RegisteredConnection {
        std::unique_ptr<ProxyConnection> connection;
        std::array<std::optional<std::uint32_t>, 2>
            registered; ///< events, where it is in the epoll
    };
    struct Waiting {
        Ticks due;
        std::uint64_t connection;
    };

    template <typename Change>
    Ticks change(Change change);
    void run();
    bool take_settings();
    void wait_while_cut() const;
    void turn();
    void accept_all(Ticks now);
    void accept_one(UniqueFd client);
    void on_connection(std::uint64_t token, std::uint32_t events, Ticks now);
    void update_events(std::uint64_t id);
    void deliver_due(Ticks now);
    void arm_timer();
    Ticks due_at(Ticks now);

    Address server_;
    std::uint16_t port_ = 0; ///< before the listener, which sets it
    UniqueFd listener_;
    UniqueFd epoll_;
    UniqueFd wake_;
    UniqueFd timer_;

    // Of the thread.
    Settings settings_;
    std::unordered_map<std::uint64_t, RegisteredConnection> connections_;
    std::uint64_t next_id_;
    std::deque<Waiting> waiting_; ///< by due time
    Ticks last_due_ = 0;
    Ticks armed_ = never;        ///< what the timer is set to
    Ticks accept_again_ = never; ///< after the process had run out of descriptors

    std::mutex mutex_;
    std::condition_variable applied_;
    Settings wanted_;
    std::uint64_t wanted_version_ = 0;
    std::uint64_t applied_version_ = 0;
    Ticks applied_at_ = 0;
    std::thread thread_;
    std::thread::native_handle_type thread_handle_{};
};

} // namespace citusbench
