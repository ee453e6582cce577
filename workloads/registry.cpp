#include "workloads/registry.hpp"

#include <array>

#include "workloads/chat/chat.hpp"
#include "workloads/orders/orders.hpp"
#include "workloads/spatial/spatial.hpp"

namespace citusbench {
namespace {

constexpr std::array registry = {
    WorkloadRegistration{"chat", "messages of chat rooms: posts, latest 50, unread counts",
                         chat::options, chat::make, nullptr},
    WorkloadRegistration{"orders", "orders of users, joined with products that every node has",
                         orders::options, orders::make, nullptr},
    WorkloadRegistration{"spatial", "vehicle positions in PostGIS: radius, box, nearest, inserts",
                         spatial::options, spatial::make, spatial::libraries},
};

} // namespace

std::span<const WorkloadRegistration> workload_registry() {
    return registry;
}

} // namespace citusbench
