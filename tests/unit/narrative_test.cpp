#include "run/narrative.hpp"

#include <gtest/gtest.h>

#include "unit/sample_run.hpp"

namespace citusbench {
namespace {

/// The sample's fault, as a crash that was confirmed at 20 s and healed at 32.5 s.
FaultSummary summary(double affected_share, double keys_share) {
    Outage outage;
    outage.kind = "crash";
    outage.nodes = {"lb"};
    outage.injected = 0;
    outage.confirmed = 20'000'000'000;
    outage.healed = 32'500'000'000;
    FaultSummary summary_text;
    summary_text.outages = {outage};
    summary_text.key_noun = "rooms";
    summary_text.keys = {{1, true, keys_share, 2000, affected_share},
                         {1, false, keys_share, 2000, affected_share}};
    return summary_text;
}

/// The part of the narrative about the fault; the writes' longest gap was so long, the reads' 10
/// ms.
std::string summary_text(double affected_share, double keys_share, double gap_ms) {
    auto record = test::sample_run();
    for (const auto* operation : {"write", "read"}) {
        RecoveryRow row;
        row.fault = 1;
        row.operation = operation;
        row.key_group = "all";
        row.unavailable_ms = row.operation == "write" ? gap_ms : 10;
        record.recovery.push_back(row);
    }
    return summarize_run(record, summary(affected_share, keys_share)).front();
}

/// The sample has 70 writes a second before the fault.
TEST(Narrative, WritesThatNobodyCouldDoDidNotGoOn) {
    const auto text = summary_text(0, 0, 5480);
    EXPECT_NE(
        text.find("holding none of the rooms: no write succeeded for 5.48 s; reads continued"),
        std::string::npos)
        << text;
}

TEST(Narrative, AShortGapIsNoOutage) {
    for (const double gap_ms : {5.0, 140.0, 990.0})
        EXPECT_NE(summary_text(0, 0, gap_ms).find("writes continued"), std::string::npos) << gap_ms;
}

TEST(Narrative, WhereAllKeysAreOutThoseThatWereTriedAreNoShare) {
    for (const double affected : {0.0, 1.0})
        EXPECT_NE(summary_text(affected, 0.18, 5480).find("no write succeeded for 5.48 s"),
                  std::string::npos);
    const auto partial = summary_text(0.48, 0.18, 5480);
    EXPECT_NE(partial.find("18 % of the rooms could not be written for 2 s;"), std::string::npos)
        << partial;
}

} // namespace
} // namespace citusbench
