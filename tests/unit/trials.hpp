#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "support/truth.hpp"

namespace citusbench::test {

/// Fails the current test with what `judge` finds wrong with a trial. Where the machine was
/// disturbed meanwhile, and that may have done it, there is one more trial, and after that the test
/// is skipped: nothing can be told on such a machine.
template <typename MakeTrial, typename Judge>
void judge_trials(MakeTrial make_trial, Judge judge) {
    auto trial = make_trial();
    Findings found = judge(trial);
    const auto is_excused = [&] {
        return !found.empty() && trial.disturbed &&
               std::all_of(found.begin(), found.end(),
                           [](const auto& each) { return each.excusable; });
    };
    if (is_excused()) {
        trial = make_trial();
        found = judge(trial);
    }
    std::string text;
    for (const auto& each : found) text += each.text + "\n";
    if (is_excused()) GTEST_SKIP() << "twice the machine woke threads too late to tell: " << text;
    EXPECT_TRUE(found.empty()) << text;
}

} // namespace citusbench::test
