#include <array>

#include "fault/fault.hpp"
#include "fault/process_faults.hpp"

namespace citusbench {
namespace {

constexpr std::array registry = {
    FaultEntry{"crash", "SIGKILL of the whole node, started again afterwards", make_crash},
    FaultEntry{"stop", "fast shutdown of the node, started again afterwards", make_stop},
    FaultEntry{"pause", "SIGSTOP of the whole node, SIGCONT afterwards", make_pause},
    FaultEntry{"none", "nothing happens: a control run with the same phases", make_none},
};

} // namespace

std::span<const FaultEntry> fault_registry() {
    return registry;
}

const FaultEntry* find_fault(std::string_view kind) {
    for (const auto& entry : registry)
        if (entry.kind == kind) return &entry;
    return nullptr;
}

} // namespace citusbench
