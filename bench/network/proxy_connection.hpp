#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "core/time.hpp"
#include "os/unique_fd.hpp"

namespace citusbench {

/// The two ends of a proxied connection.
enum class ProxySide : std::uint8_t { client, server };

/// One connection through a TcpProxy. Bytes, ends and resets pass from either side to the other in
/// order, each at its due time; a side that does not read makes the other side wait. Never blocks.
/// Used by the proxy's thread alone.
class ProxyConnection {
  public:
    /// `server` may still be connecting; both are non-blocking.
    ProxyConnection(UniqueFd client, UniqueFd server, bool connected);
    ProxyConnection(const ProxyConnection&) = delete;
    ProxyConnection& operator=(const ProxyConnection&) = delete;
    /// Closes both sides, by a reset where the other side was reset or is not there.
    ~ProxyConnection();

    int fd(ProxySide side) const { return fds_[index(side)].get(); }
    /// The epoll events to wait for on this side; nothing where no event is of use any more.
    std::optional<std::uint32_t> interest(ProxySide side) const;
    /// An epoll event. What was read leaves at `due`; true if it has to wait for that.
    bool on_event(ProxySide side, std::uint32_t events, Ticks due, Ticks now);
    /// Sends what is due by now.
    void deliver(Ticks now);
    bool finished() const;

  private:
    enum class Kind : std::uint8_t { bytes, end, reset };
    struct Chunk {
        Ticks due;
        Kind kind;
        std::vector<char> bytes;
        std::size_t sent = 0;
    };
    /// What goes from one side to the other.
    struct Flow {
        std::deque<Chunk> chunks;
        std::size_t held = 0;  ///< bytes in them
        bool ended = false;    ///< nothing more will be read
        bool blocked = false;  ///< the receiver takes no more at present
        bool finished = false; ///< the end has been passed on, or the receiver is gone
        bool dropped = false;  ///< the receiver is gone
    };

    static std::size_t index(ProxySide side) { return static_cast<std::size_t>(side); }
    static ProxySide other(ProxySide side) {
        return side == ProxySide::client ? ProxySide::server : ProxySide::client;
    }
    Flow& flow_from(ProxySide side) { return flows_[index(side)]; }
    const Flow& flow_from(ProxySide side) const { return flows_[index(side)]; }
    void finish_connecting();
    bool receive(ProxySide from, bool at_any_rate, Ticks due, Ticks now);
    bool queue(ProxySide from, Chunk chunk, Ticks now);
    void deliver(ProxySide from, Ticks now);
    std::size_t send_some(ProxySide from, const char* data, std::size_t size);
    void drop_flow(ProxySide from);

    std::array<UniqueFd, 2> fds_;
    std::array<Flow, 2> flows_; ///< by the side that they come from
    bool connected_;
    bool reset_ = false; ///< end both sides by a reset
};

} // namespace citusbench
