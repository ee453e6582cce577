#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "support/truth.hpp"

namespace citusbench::test {

/// Fails the current test with what `check` finds wrong with a trial. Where lateness of the machine
/// may have done it, there is one more trial; if the machine was seen to be disturbed in that one,
/// the test is skipped, because the result would mean nothing.
template <typename MakeTrial, typename CheckTrial>
void check_trials(MakeTrial make_trial, CheckTrial check) {
    auto trial = make_trial();
    Findings found = check(trial);
    const auto all_excusable = [&] {
        return std::all_of(found.begin(), found.end(),
                           [](const auto& each) { return each.excusable; });
    };
    if (!found.empty() && all_excusable()) {
        trial = make_trial();
        found = check(trial);
    }
    std::string text;
    for (const auto& each : found) text += each.text + "\n";
    if (!found.empty() && all_excusable() && trial.disturbed)
        GTEST_SKIP() << "twice the machine woke threads too late to measure: " << text;
    EXPECT_TRUE(found.empty()) << text;
}

} // namespace citusbench::test
