#pragma once

#include <string>

#include "stats/histogram.hpp"

namespace citusbench {

/// The histogram as HdrHistogram's tools read it: its V2 encoding (3 significant digits, values in
/// ns), compressed by zlib, in base64. Nothing is lost: the buckets are the same as its own.
/// Source: HdrHistogram's AbstractHistogram.encodeIntoCompressedByteBuffer.
/// Throws std::bad_alloc.
std::string hdr_encoding(const Histogram& histogram);

} // namespace citusbench
