#include "workload/replay_checker.hpp"

#include <fmt/format.h>

#include "workload/binary_values.hpp"

namespace citusbench {

std::optional<std::string> ReplayChecker::check(const Answer& answer) {
    asked_.params.clear();
    session().make(answer.index, answer.kind, asked_);
    try {
        check_operation(answer);
        return std::nullopt;
    } catch (const WrongAnswer& wrong) {
        switch (asked_.key.kind) {
        case RoutingKey::Kind::none:
            break;
        case RoutingKey::Kind::integer:
            return fmt::format("{} {}: {}", key_name_, asked_.key.number, wrong.what());
        case RoutingKey::Kind::text:
            return fmt::format("{} {}: {}", key_name_, asked_.key.text, wrong.what());
        }
        return wrong.what();
    }
}

} // namespace citusbench
