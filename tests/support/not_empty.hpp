#pragma once

#include <gtest/gtest.h>

#include <iterator>
#include <utility>

namespace citusbench::test {

/// `range`, as the range of a loop that checks something of each element: without any it would
/// check nothing, which fails the test at the place of the call.
template <typename Range>
Range not_empty(Range&& range, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    if (std::empty(range)) ADD_FAILURE_AT(file, line) << "a loop has nothing to check";
    return std::forward<Range>(range);
}

} // namespace citusbench::test
