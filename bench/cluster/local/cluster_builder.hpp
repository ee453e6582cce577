#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cluster/local/cluster_network.hpp"
#include "cluster/local/node_control.hpp"
#include "cluster/state/cluster_state.hpp"
#include "core/stop_flag.hpp"

namespace citusbench {

/// Makes a cluster's servers in its folder, and the proxies in front, and starts them: one data
/// directory with the database and its extensions, then a copy for every node. Sets the ports in
/// `state` and saves it.
class ClusterBuilder {
  public:
    using Log = std::function<void(std::string_view)>;
    ClusterBuilder(ClusterState& state, NodeControl& control, ClusterNetwork& network,
                   const StopFlag& stop, const Log& log)
        : state_(state), control_(control), network_(network), stop_(stop), log_(log) {}
    void build();
    /// The same for the nodes from number `first` of the state on, which are new: the others run
    /// and are not touched. The state is saved when they answer; they are not part of any cluster
    /// yet.
    void add_nodes(std::size_t first);

  private:
    void choose_ports();
    void set_ports();
    void make_service_folders();
    void write_settings();
    void make_first_node();
    void make_database();
    void copy_to_other_nodes();
    void start_nodes();
    void form_cluster();
    std::vector<std::string> names_to_make() const;

    ClusterState& state_;
    NodeControl& control_;
    ClusterNetwork& network_;
    const StopFlag& stop_;
    const Log& log_;
    std::string password_;
    std::size_t first_ = 0; ///< of the state's nodes: those before it are there already
};

} // namespace citusbench
