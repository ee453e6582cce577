#pragma once

#include "fault/fault.hpp"

namespace citusbench {

/// `crash`: SIGKILL of every process of the nodes; mended by starting them.
std::unique_ptr<Fault> make_crash(LocalCluster& cluster, const FaultSpec& spec);
/// `stop`: a fast shutdown; mended by starting them.
std::unique_ptr<Fault> make_stop(LocalCluster& cluster, const FaultSpec& spec);
/// `pause`: SIGSTOP of every process; mended by SIGCONT.
std::unique_ptr<Fault> make_pause(LocalCluster& cluster, const FaultSpec& spec);
/// `none`: nothing happens, for control runs with the same phases.
std::unique_ptr<Fault> make_none(LocalCluster& cluster, const FaultSpec& spec);

} // namespace citusbench
