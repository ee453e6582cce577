#pragma once

#include <gtest/gtest.h>

#include "support/truth.hpp"

namespace citusbench::test {

using Findings = std::vector<std::string>;

/// Fails the current test with what `judge` finds wrong with a trial. Where the machine was
/// disturbed meanwhile there is one more trial, and after that the test is skipped: nothing can be
/// told on such a machine.
template <typename MakeTrial, typename Judge>
void judge_trials(MakeTrial make_trial, Judge judge) {
    auto trial = make_trial();
    auto found = judge(trial);
    if (!found.empty() && trial.disturbed) {
        trial = make_trial();
        found = judge(trial);
    }
    std::string text;
    for (const auto& each : found) text += each + "\n";
    if (!found.empty() && trial.disturbed)
        GTEST_SKIP() << "twice the machine woke threads too late to tell: " << text;
    EXPECT_TRUE(found.empty()) << text;
}

} // namespace citusbench::test
