#include <gtest/gtest.h>

#include <fstream>

#include "core/error.hpp"
#include "core/random.hpp"
#include "support/state_folder.hpp"
#include "verify/ledger.hpp"

namespace citusbench::test {
namespace {

using Mark = Ledger::Mark;

constexpr std::array outcomes = {Outcome::ok, Outcome::failed, Outcome::unknown, Outcome::skipped};
constexpr std::array marks = {Mark::ok, Mark::failed, Mark::unknown, Mark::failed};

/// What operation `index` came to, or nothing where it is a read.
std::size_t choice(std::uint64_t index) {
    return Random(7, 3, index).below(6);
}

Ledger filled(unsigned threads, std::uint64_t operations) {
    Ledger ledger(threads);
    for (std::uint64_t index = 0; index < operations; ++index)
        if (choice(index) < outcomes.size())
            ledger.record(index, outcomes[choice(index)], static_cast<Ticks>(index),
                          static_cast<Ticks>(index) + 5);
    return ledger;
}

void expect_filled(const Ledger& ledger, std::uint64_t operations) {
    std::array<std::uint64_t, 4> counts{};
    for (std::uint64_t index = 0; index < operations; ++index) {
        const auto i = choice(index);
        const auto expected = i < marks.size() ? marks[i] : Mark::none;
        ++counts[static_cast<std::size_t>(expected)];
        ASSERT_EQ(ledger.mark(index), expected) << index;
    }
    for (const auto mark : {Mark::ok, Mark::failed, Mark::unknown})
        EXPECT_EQ(ledger.count(mark), counts[static_cast<std::size_t>(mark)]);
    EXPECT_EQ(ledger.mark(operations), Mark::none);
    EXPECT_EQ(ledger.mark(operations + 1'000'000'000), Mark::none);
}

TEST(Ledger, GivesBackWhatWasRecordedForAnyNumberOfThreads) {
    for (const unsigned threads : {1U, 2U, 7U}) expect_filled(filled(threads, 100'003), 100'003);
}

TEST(Ledger, ALaterOutcomeReplacesAnEarlierOne) {
    Ledger ledger;
    ledger.record(3, Outcome::unknown, 1, 2);
    ledger.record(3, Outcome::ok, 1, 4);
    EXPECT_EQ(ledger.mark(3), Mark::ok);
    EXPECT_EQ(ledger.count(Mark::unknown), 0U);
    EXPECT_EQ(ledger.count(Mark::ok), 1U);
}

TEST(Ledger, AHundredMillionOperationsTakeLessThan64MB) {
    Ledger ledger(2);
    constexpr std::uint64_t operations = 100'000'000;
    for (std::uint64_t index = 0; index < operations; index += 64)
        ledger.record(index + (index / 64) % 2, Outcome::ok, 1, 2);
    EXPECT_LT(ledger.memory_bytes(), 64'000'000U);
    EXPECT_GT(ledger.memory_bytes(), operations / 4) << "two bits each are not there";
}

TEST(Ledger, OrdersWritesOnlyWhereTheirTimesDoNotOverlap) {
    Ledger ledger;
    ledger.record(0, Outcome::ok, 10, 20);
    ledger.record(256, Outcome::ok, 30, 40);
    ledger.record(512, Outcome::ok, 35, 50);
    EXPECT_TRUE(ledger.precedes(0, 256));
    EXPECT_FALSE(ledger.precedes(256, 0));
    EXPECT_FALSE(ledger.precedes(256, 512));
    EXPECT_FALSE(ledger.precedes(0, 0));
    EXPECT_FALSE(ledger.precedes(0, 100'000)) << "a write that never was";
}

TEST(Ledger, ASavedLedgerIsLoadedAsItWas) {
    const StateFolder folder;
    const auto path = folder.path() / "ledger.bin";
    const auto ledger = filled(3, 70'001);
    ledger.save(path);
    const auto loaded = Ledger::load(path);
    EXPECT_EQ(loaded.end(), ledger.end());
    expect_filled(loaded, 70'001);
    EXPECT_EQ(loaded.precedes(0, 60'000), ledger.precedes(0, 60'000));
}

void overwrite(const std::filesystem::path& path, std::streamoff at, char byte) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(at);
    file.put(byte);
}

void expect_refused(const std::filesystem::path& path, const char* why) {
    try {
        Ledger::load(path);
        ADD_FAILURE() << "loaded";
    } catch (const RunError& error) {
        EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos);
        EXPECT_NE(std::string(error.what()).find(why), std::string::npos) << error.what();
    }
}

TEST(Ledger, ADamagedFileIsRefusedWithItsName) {
    const StateFolder folder;
    const auto path = folder.path() / "ledger.bin";
    expect_refused(path, "cannot read");
    std::ofstream(path) << "run,workload,topology";
    expect_refused(path, "its first bytes are others");
    filled(2, 5'000).save(path);
    for (const std::streamoff at : {8, 100, 1000}) { // the run's number, a time, a mark
        filled(2, 5'000).save(path);
        overwrite(path, at, '\x5a');
        expect_refused(path, "its checksum does not fit");
    }
    filled(2, 5'000).save(path);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
    expect_refused(path, "it is cut short");
    std::filesystem::resize_file(path, 20);
    expect_refused(path, "its head is damaged");
}

} // namespace
} // namespace citusbench::test
