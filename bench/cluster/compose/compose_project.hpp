#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cluster/cluster.hpp"
#include "containers/container_engine.hpp"
#include "topology/topology.hpp"

namespace citusbench {

/// One start of compose.yml: a topology's containers under the name of a project.
struct ComposeProject {
    std::string name;             ///< as Compose knows it
    std::filesystem::path folder; ///< with compose.yml and what its image is built of
    std::string owner;            ///< value of the label citusbench.owner
    std::string password;

    /// Builds the image where it changed, starts the topology's containers and returns when all are
    /// healthy and set up. Throws RunError that says what hinders it, Interrupted; what was started
    /// then is still there.
    void start(const ContainerEngine& engine, const ClusterSpec& spec, const StopFlag& stop,
               const Cluster::Log& log) const;
};

/// What compose.yml calls the spec's topology: "active-passive-replicas" where its workers have
/// some.
std::string profile_of(const ClusterSpec& spec);

/// The label with the profile that a container belongs to.
inline constexpr std::string_view topology_label = "citusbench.topology";
/// The citusbench that started it: the name of a folder below state_root(); empty: it was started
/// by hand.
inline constexpr std::string_view owner_label = "citusbench.owner";
inline constexpr std::string_view node_label = "citusbench.node";

/// Writes container_files() below `folder`.
void write_container_files(const std::filesystem::path& folder);

/// What is wrong with the containers of one project, if they are not all healthy and set up:
/// a name, its state and its last lines. Empty if nothing is.
std::string problem_of(const ContainerEngine& engine, const std::vector<Container>& containers);

} // namespace citusbench
