#pragma once

#include <string>

#include "record/run_record.hpp"

namespace citusbench {

/// What the faults of a run did to reads and writes, on the keys they touched and on the others: a
/// table for people. Several faults of a run show as "median (min–max)". Empty without faults.
/// `header_style` is an escape sequence, or empty.
std::string recovery_table(const RunRecord& record, std::size_t width,
                           const std::string& header_style);

} // namespace citusbench
