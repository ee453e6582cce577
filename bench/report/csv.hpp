#pragma once

#include <memory>

#include "record/reporter.hpp"

namespace citusbench {

/// summary.csv, timeline.csv, histogram.csv, events.csv and errors.csv (record/columns.hpp). µs
/// have three decimals, which is the clock's nanosecond; lines end with LF.
std::unique_ptr<Reporter> make_csv();

} // namespace citusbench
