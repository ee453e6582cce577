#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "record/reporter.hpp"

namespace citusbench {

/// capacity.csv, of `citusbench capacity` alone: probe, rate, held, and the columns of summary.csv
/// that the objective names. Latencies are those that were evaluated: an operation that was not ok
/// counts as slower than any limit, so a quantile among such is an empty cell.
std::unique_ptr<Reporter> make_capacity();

/// The probes as a table for people.
std::string capacity_table(const CapacityRecord& capacity, std::size_t width,
                           const std::string& header_style);

} // namespace citusbench
