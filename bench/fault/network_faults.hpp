#pragma once

#include "fault/fault.hpp"

namespace citusbench {

/// `partition`: what others send to the nodes' ports is lost, and so are the replies; by the proxy
/// of a node that has one, else by packet rules.
std::unique_ptr<Fault> make_partition(Cluster& cluster, const FaultSpec& spec);
/// `slow`: what others send to the nodes arrives spec.delay later, and replies as ever.
std::unique_ptr<Fault> make_slow(Cluster& cluster, const FaultSpec& spec);

} // namespace citusbench
