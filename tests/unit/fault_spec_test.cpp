#include <gtest/gtest.h>

#include <stdexcept>

#include "fault/fault.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

TEST(FaultSpec, KindAndNodesAreEnough) {
    const auto spec = FaultSpec::parse("crash:worker2,worker3");
    EXPECT_EQ(spec.kind, "crash");
    EXPECT_EQ(spec.nodes, (Names{"worker2", "worker3"}));
    EXPECT_FALSE(spec.delay || spec.start || spec.length);
}

TEST(FaultSpec, DelayStartAndLengthAreTaken) {
    const auto spec = FaultSpec::parse("slow:a.worker1:20ms@5s+1m");
    EXPECT_EQ(spec.kind, "slow");
    EXPECT_EQ(spec.nodes, Names{"a.worker1"});
    EXPECT_EQ(spec.delay, Nanoseconds(20ms));
    EXPECT_EQ(spec.start, Nanoseconds(5s));
    EXPECT_EQ(spec.length, Nanoseconds(1min));
}

TEST(FaultSpec, AStartNeedsNoLength) {
    const auto spec = FaultSpec::parse("pause:coordinator@1.5");
    EXPECT_EQ(spec.start, Nanoseconds(1500ms));
    EXPECT_FALSE(spec.length);
}

TEST(FaultSpec, APatroniIsATargetAndNoTime) {
    const auto spec = FaultSpec::parse("crash:patroni@coordinator2");
    EXPECT_EQ(spec.nodes, Names{"patroni@coordinator2"});
    EXPECT_FALSE(spec.start);
    const auto timed = FaultSpec::parse("crash:patroni@coordinator2,leader@worker1@5s+1s");
    EXPECT_EQ(timed.nodes, (Names{"patroni@coordinator2", "leader@worker1"}));
    EXPECT_EQ(timed.start, Nanoseconds(5s));
}

TEST(FaultSpec, WhatItPrintsItReads) {
    for (const auto* text : {"crash:worker2", "stop:worker1,worker2@20s", "slow:worker2:20ms",
                             "slow:worker2:20ms@5s+60s", "none:coordinator@0s+10s"})
        EXPECT_EQ(FaultSpec::parse(text).to_string(), text);
}

TEST(FaultSpec, TextsOutsideTheGrammarAreRefusedWithAnExample) {
    for (const auto* text : {"", "crash", "worker2", "crash:", "crash:worker1,", "crash:,worker1"})
        try {
            FaultSpec::parse(text);
            ADD_FAILURE() << "took '" << text << "'";
        } catch (const std::invalid_argument& error) {
            EXPECT_NE(std::string(error.what()).find("crash:worker2@20s+10s"), std::string::npos);
        }
}

TEST(FaultSpec, TimesWithoutMeaningAreRefused) {
    for (const auto* text : {"crash:worker1@", "crash:worker1@soon", "crash:worker1@5s+",
                             "crash:worker1@5s+long", "slow:worker1:", "slow:worker1:x"})
        EXPECT_THROW(FaultSpec::parse(text), std::invalid_argument) << text;
}

TEST(FaultRegistry, KnowsTheKindsThatRunsOfferAndNoOther) {
    for (const auto* kind : {"crash", "stop", "pause", "partition", "slow", "postmaster", "none"})
        EXPECT_NE(find_fault(kind), nullptr) << kind;
    EXPECT_EQ(find_fault("meteor"), nullptr);
    EXPECT_EQ(find_fault(""), nullptr);
}

} // namespace
} // namespace citusbench
