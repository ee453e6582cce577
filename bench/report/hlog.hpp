#pragma once

#include <memory>
#include <string>

#include "record/reporter.hpp"

namespace citusbench {

/// Writes latency.hlog: HdrHistogram's interval log, version 1.3, a tag for each operation;
/// response times of ok operations in ns, and Interval_Max in ms as its tools expect.
std::unique_ptr<Reporter> make_hlog();

/// The text of latency.hlog.
std::string hlog_text(const RunRecord& record);

} // namespace citusbench
