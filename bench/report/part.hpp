#pragma once

#include <memory>

#include "record/reporter.hpp"

namespace citusbench {

/// Writes part.json for a run that is a part of a load (--shard-of): all its counts, histograms,
/// events and errors without loss, for citusbench merge.
std::unique_ptr<Reporter> make_part();

} // namespace citusbench
