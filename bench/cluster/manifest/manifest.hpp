#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "topology/node.hpp"

namespace citusbench {

/// What can be done to a node of a cluster that citusbench did not start.
enum class NodeAction : std::uint8_t { crash, stop, start, pause, resume, cut, heal };
constexpr auto enum_names(NodeAction /*of*/) {
    return std::to_array<EnumName<NodeAction>>({{NodeAction::crash, "crash"},
                                                {NodeAction::stop, "stop"},
                                                {NodeAction::start, "start"},
                                                {NodeAction::pause, "pause"},
                                                {NodeAction::resume, "resume"},
                                                {NodeAction::cut, "cut"},
                                                {NodeAction::heal, "heal"}});
}
static_assert(names_each_value<NodeAction>(7));

/// How these actions are done.
struct ManifestControl {
    enum class By : std::uint8_t { nothing, process, container, command };
    By by = By::nothing;
    std::filesystem::path directory; ///< process: where the server runs, on this machine
    std::string container;           ///< its name or id, for docker
    /// For the shell, by action; "probe" ends with 0 where the node runs. Of a process "start"
    /// alone.
    std::map<std::string, std::string> commands;
};

/// For people: "container worker1".
std::string description_of(const ManifestControl& control);

struct ManifestNode {
    Node node;
    ManifestControl control;

    bool can(NodeAction action) const;
};

/// An existing cluster, as the file behind --cluster describes it (docs/MANIFEST.md).
struct Manifest {
    std::filesystem::path file;
    std::string connection; ///< settings of libpq for every node: dbname, user, …; no password
    std::vector<ManifestNode> nodes;

    const ManifestNode& at(std::string_view name) const;
    std::vector<Node> plain_nodes() const;
    /// For libpq. A node's host may be a name.
    std::string conninfo(const Node& node) const;
};

/// Throws UsageError that names the file, the field, its value and the fix.
Manifest read_manifest(const std::filesystem::path& file);
/// The same of a text; `file` is what errors call it.
Manifest parse_manifest(const std::string& text, const std::filesystem::path& file);
/// The form that read_manifest() reads.
std::string to_json(const Manifest& manifest);

/// The fields that each object of a manifest may have, "" for the outermost one; what
/// docs/cluster.schema.json says, too. "mend" is the old name of "heal" and still read.
const std::map<std::string, std::vector<std::string>, std::less<>>& manifest_fields();

} // namespace citusbench
