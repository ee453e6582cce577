#include <array>

#include "fault/fault.hpp"
#include "fault/fault_kinds.hpp"

namespace citusbench {
namespace {

constexpr std::array registry = {
    FaultRegistration{"crash", "SIGKILL of the whole node, started again afterwards",
                      NetworkNeed::none, make_crash},
    FaultRegistration{"stop", "fast shutdown of the node, started again afterwards",
                      NetworkNeed::none, make_stop},
    FaultRegistration{"pause", "SIGSTOP of the whole node, SIGCONT afterwards", NetworkNeed::none,
                      make_pause},
    FaultRegistration{"partition", "nothing gets through to the node's port, nor back",
                      NetworkNeed::cut, make_partition},
    FaultRegistration{"slow", "what is sent to the node arrives DELAY later", NetworkNeed::delay,
                      make_slow},
    FaultRegistration{"postmaster", "SIGKILL of the postmaster alone; busy back ends go on",
                      NetworkNeed::none, make_postmaster},
    FaultRegistration{"switchover", "Patroni hands the lead over to another member",
                      NetworkNeed::none, make_switchover},
    FaultRegistration{"none", "nothing happens: a control run with the same phases",
                      NetworkNeed::none, make_none},
};

} // namespace

std::span<const FaultRegistration> fault_registry() {
    return registry;
}

const FaultRegistration* find_fault(std::string_view kind) {
    for (const auto& registration : registry)
        if (registration.kind == kind) return &registration;
    return nullptr;
}

} // namespace citusbench
