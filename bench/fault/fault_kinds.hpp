#pragma once

#include "fault/fault.hpp"

namespace citusbench {

/// `crash`: SIGKILL of every process of the nodes; healed by starting them.
std::unique_ptr<Fault> make_crash(Cluster& cluster, const FaultSpec& spec);
/// `stop`: a fast shutdown; healed by starting them.
std::unique_ptr<Fault> make_stop(Cluster& cluster, const FaultSpec& spec);
/// `pause`: SIGSTOP of every process; healed by SIGCONT.
std::unique_ptr<Fault> make_pause(Cluster& cluster, const FaultSpec& spec);
/// `postmaster`: SIGKILL of the postmasters alone; healed by killing the remaining back ends and
/// starting the server, which does not start while an old back end is attached to its shared
/// memory.
std::unique_ptr<Fault> make_postmaster(Cluster& cluster, const FaultSpec& spec);
/// `switchover`: Patroni switches to another leader gracefully; confirmed when another member
/// leads.
std::unique_ptr<Fault> make_switchover(Cluster& cluster, const FaultSpec& spec);
/// `none`: nothing happens, for control runs with the same phases.
std::unique_ptr<Fault> make_none(Cluster& cluster, const FaultSpec& spec);

/// `partition`: what others send to the nodes' ports is lost, and so are the replies; by the proxy
/// of a node that has one, else by packet rules.
std::unique_ptr<Fault> make_partition(Cluster& cluster, const FaultSpec& spec);
/// `slow`: what others send to the nodes arrives spec.delay later, and replies as ever.
std::unique_ptr<Fault> make_slow(Cluster& cluster, const FaultSpec& spec);

} // namespace citusbench
