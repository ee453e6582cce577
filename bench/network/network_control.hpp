#pragma once

#include <string>
#include <vector>

#include "core/time.hpp"

namespace citusbench {

/// What can be done to the ways to a cluster's nodes. Thread-safe. Names that are no node's throw
/// UsageError.
class NetworkControl {
  public:
    virtual ~NetworkControl() = default;
    /// Nothing reaches the nodes from the returned time on. Throws RunError where that cannot be
    /// done.
    virtual Ticks cut(const std::vector<std::string>& names) = 0;
    virtual Ticks restore(const std::vector<std::string>& names) = 0;
    virtual bool is_cut(const std::string& node) const = 0;
    /// What is sent to the nodes arrives `delay` later. Throws RunError for a node that cannot be
    /// made slow.
    virtual Ticks set_delay(const std::vector<std::string>& names, Nanoseconds delay) = 0;
    /// By what cut() does it: "proxy", "packet rules (nft)".
    virtual std::string way_of_cutting(const std::vector<std::string>& names) const = 0;
    /// CPU time that this process spent on it so far.
    virtual Nanoseconds cpu() const = 0;
};

} // namespace citusbench
