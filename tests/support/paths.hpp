#pragma once

namespace citusbench::test {

// Where this checkout and its build lie. They are functions of one small source, because a path in
// the command line of a compiler makes what it compiles useless to every other clone's ccache.

/// The top folder of the checkout, without a slash at its end.
const char* source_dir();
/// The built citusbench.
const char* citusbench_binary();
/// The folder into which scripts/test installs HdrHistogram's own reader.
const char* hlog_reader();

} // namespace citusbench::test
