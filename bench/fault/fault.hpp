#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/cluster.hpp"
#include "core/time.hpp"

namespace citusbench {

/// A fault of the command line: --fault KIND:NODE[,NODE…][:DELAY][@START[+LENGTH]].
struct FaultSpec {
    std::string kind;
    std::vector<std::string> nodes;
    std::string option = "fault";      ///< of the command line that asked for it
    std::optional<Nanoseconds> delay;  ///< of kind slow
    std::optional<Nanoseconds> start;  ///< since the start of measuring; default: --before
    std::optional<Nanoseconds> length; ///< since the confirmation; default: --during

    /// Throws std::invalid_argument that says what is wrong and how to write it.
    static FaultSpec parse(std::string_view text);
    std::string to_string() const;
};

/// A fault of nodes, and its healing. Both wait for their confirmation and throw
/// RunError when it does not come. Used by one thread.
class Fault {
  public:
    virtual ~Fault() = default;
    /// Returns when the fault is certain, for example when the processes are gone.
    virtual Ticks inject() = 0;
    /// Returns when the nodes answer queries again.
    virtual Ticks heal() = 0;
    /// Checks, as a client, that the injected fault has its effect; throws RunError if not. This
    /// can take some tenths of a second, so it is called after the phase has been announced. heal()
    /// calls it first if nothing else has.
    virtual void verify() {}
    /// The mechanism, where there is a choice: "proxy", "packet rules (nft)".
    virtual std::string how() const { return {}; }
};

/// What a kind needs in the network path to a node.
enum class NetworkNeed : std::uint8_t {
    none,
    delay, ///< needs a proxy in front of the node
    cut,   ///< needs a proxy or packet rules
};

struct FaultRegistration {
    std::string_view kind;
    std::string_view summary;
    NetworkNeed need;
    std::unique_ptr<Fault> (*make)(Cluster& cluster, const FaultSpec& spec);
};

std::span<const FaultRegistration> fault_registry();
/// nullptr for an unknown kind.
const FaultRegistration* find_fault(std::string_view kind);

/// For people: "leader was coordinator2"; empty where targets were nodes. `hit`: the nodes that
/// each target turned out to be.
std::string resolved_target_names(const std::vector<std::string>& targets,
                                  const std::vector<std::string>& hit);

} // namespace citusbench
