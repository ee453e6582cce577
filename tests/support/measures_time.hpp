#pragma once

#include <type_traits>

#include <gtest/gtest.h>

/// Says that tests of `suite` compare how long something took with a limit, so that ctest runs the
/// suite while nothing else runs (tests/discover.py reads it in the sources). It stands below the
/// definition of the suite's class.
#define MEASURES_TIME(suite)                                                                       \
    static_assert(std::is_base_of_v<testing::Test, suite>, "a suite's class is meant")
