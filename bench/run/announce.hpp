#pragma once

#include "plan/plan.hpp"
#include "target/schema.hpp"
#include "target/target.hpp"

namespace citusbench {

/// Says how many rows were loaded and how fast; nothing where none were.
void tell_loaded(const PreparedSchema& schema, const Tell& tell);

/// With --keep, leaves the cluster running and says how to reach and to remove it.
void keep_cluster(const Plan& plan, Target& target, const Tell& tell);

} // namespace citusbench
