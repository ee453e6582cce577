#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace citusbench {

/// The program by which the kernel's packet rules can be changed, if this process may.
struct PacketTool {
    std::string name; ///< "nft" or "iptables"; empty if there is none
    std::filesystem::path program;
    std::string why_not; ///< where there is none

    explicit operator bool() const { return !name.empty(); }
};

/// Looks for nft, then iptables, in PATH, and tries a rule that matches nothing, in a table (a
/// chain) of its own that is gone when this returns.
PacketTool find_packet_tool();

/// The packet rules of one cluster. Each drops what loopback carries to and from one port. A file
/// in the cluster's folder lists them, so that any later citusbench can remove them; other rules
/// are never touched. Not thread-safe.
class PacketRules {
  public:
    explicit PacketRules(const std::filesystem::path& folder);

    /// In force for all of `ports` when it returns. Throws RunError; no rule of this call stays
    /// then.
    void drop(const PacketTool& tool, const std::vector<std::uint16_t>& ports);
    /// Removes the rules of these ports; ports without a rule are skipped. Throws RunError.
    void remove(const std::vector<std::uint16_t>& ports);
    void remove_all() { remove(dropped()); }
    std::vector<std::uint16_t> dropped() const;

  private:
    std::filesystem::path file_;
    std::filesystem::path log_;
    std::string id_; ///< of the cluster, in the names and comments of its rules
};

} // namespace citusbench
