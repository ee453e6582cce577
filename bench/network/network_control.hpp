#pragma once

#include <string>
#include <vector>

#include "core/time.hpp"

namespace citusbench {

/// Network faults of a cluster's nodes. Thread-safe. Unknown names throw UsageError.
class NetworkControl {
  public:
    virtual ~NetworkControl() = default;
    /// Cuts the nodes off: nothing reaches them from the returned time on. Throws RunError if that
    /// is not possible.
    virtual Ticks cut(const std::vector<std::string>& names) = 0;
    virtual Ticks restore(const std::vector<std::string>& names) = 0;
    virtual bool is_cut(const std::string& node) const = 0;
    /// Data sent to the nodes arrives `delay` later. Throws RunError for a node that cannot be made
    /// slow.
    virtual Ticks set_delay(const std::vector<std::string>& names, Nanoseconds delay) = 0;
    /// The mechanism of cut(): "proxy", "packet rules (nft)".
    virtual std::string way_of_cutting(const std::vector<std::string>& names) const = 0;
    /// CPU time that this process spent on it so far.
    virtual Nanoseconds cpu() const = 0;
};

} // namespace citusbench
