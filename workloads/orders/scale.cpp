#include "workloads/orders/scale.hpp"

#include <fmt/format.h>

#include "workload/operation.hpp"
#include "workload/workload.hpp"

namespace citusbench::orders {
namespace {

constexpr std::uint64_t max_users = 1'000'000'000;
constexpr std::uint64_t max_products = 1'000'000; // a copy of them lies on every node
/// Loaded ids run from 1 and stay below the first id that run 1 inserts.
constexpr auto max_loaded_id = static_cast<std::uint64_t>(row_id(1, 0)) - 1;

} // namespace

Scale Scale::parse(const std::map<std::string, std::string, std::less<>>& options) {
    Scale scale;
    scale.users = read_count(options, {"users", 1, max_users}, scale.users);
    scale.orders_per_user = read_count(options, {"orders-per-user", 0, max_loaded_id / scale.users},
                                       scale.orders_per_user);
    scale.products = read_count(options, {"products", 1, max_products}, scale.products);
    return scale;
}

std::string Scale::to_string() const {
    return fmt::format("users={} orders-per-user={} products={}", users, orders_per_user, products);
}

} // namespace citusbench::orders
