#include "cluster/node.hpp"

namespace citusbench {

std::string_view name_of(Role role) {
    return role == Role::coordinator ? "coordinator" : "worker";
}

std::string_view name_of(Engine engine) {
    switch (engine) {
    case Engine::citus:
        return "citus";
    case Engine::fdw:
        return "fdw";
    case Engine::postgres:
        break;
    }
    return "postgres";
}

} // namespace citusbench
