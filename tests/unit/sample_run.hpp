#pragma once

#include "record/run_record.hpp"

namespace citusbench::test {

/// A small fixed run with a fault: warm-up, before, during (with errors of every kind) and after;
/// four operations of which `page` was never scheduled. Its labels and messages hold commas,
/// quotes and line breaks.
RunRecord sample_run();

} // namespace citusbench::test
