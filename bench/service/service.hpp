#pragma once

#include <signal.h>

#include <chrono>
#include <string>
#include <string_view>

#include "cluster/state/cluster_state.hpp"
#include "os/process.hpp"
#include "topology/target_name.hpp"

namespace citusbench {

/// What differs between kinds of nodes for starting, checking and ending them. One
/// service_<kind>.cpp each. Immutable, so threads share it.
class Service {
  public:
    virtual ~Service() = default;
    /// Throws UsageError that names program, package and the way to install it, where this machine
    /// lacks something. `topology` is what asks for it.
    virtual void require(const std::string& topology) const = 0;
    /// Name and version for the record: "nginx 1.22.1".
    virtual std::string version(const ClusterState& state) const = 0;
    /// Writes the files that command() needs, over those of an earlier try with other ports.
    virtual void configure(const ClusterState& state, const Node& node) const = 0;
    /// What to run; it stays in the foreground, in ClusterState::run_dir().
    virtual Command command(const ClusterState& state, const Node& node) const = 0;
    /// True if the node works, checked over TCP without its proxy; takes at most some seconds.
    virtual bool answers(const ClusterState& state, const Node& node) const = 0;
    /// Ends it quickly and gracefully.
    virtual int stop_signal() const { return SIGTERM; }
    /// Nodes with a smaller number start first, and must answer before the next ones start.
    virtual int start_order() const = 0;
};

const Service& service_of(NodeKind kind);

/// How long a server that has started may take to accept a login and answer. Under full load that
/// takes seconds, and an attempt that is given up begins anew at the end of the queue: with 1 s, 16
/// connections and two cores a server counted as down for 17 s after it had served clients again.
inline constexpr std::chrono::seconds answer_timeout(5);

/// As Service::answers(), but on the way that clients and other nodes take.
bool answers_at_its_port(const ClusterState& state, const Node& node);

/// Whether a PgBouncer that lends connections by the transaction makes a client's prepared
/// statements known to whichever server it lends next.
bool pooler_keeps_prepared(std::string_view version);
/// Of this machine's, which must be there.
bool pooler_keeps_prepared();

/// Throws what Service::require() throws for one of the kinds that the spec needs.
void require_programs(const ClusterSpec& spec);

} // namespace citusbench
