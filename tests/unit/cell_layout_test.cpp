#include "worker/cell_layout.hpp"

#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <set>

#include "core/random.hpp"
#include "measure/collector.hpp"
#include "record/summarize.hpp"
#include "stats/recorder.hpp"

namespace citusbench::test {
namespace {

using Keys = CellLayout::Keys;
constexpr std::size_t kinds = 3;

std::shared_ptr<const KeyGroups> two_faults() {
    const Placements ring = {{"worker1"}, {"worker2"}, {"worker3"}, {"worker4"}};
    return std::make_shared<KeyGroups>(
        ShardMap(Engine::citus, 4), ring,
        std::vector<std::vector<std::string>>{{"worker2"}, {"worker3"}});
}

TEST(CellLayout, CellsAreDistinctByKindGroupAndEntry) {
    const auto groups = two_faults();
    const CellLayout layout(kinds, groups, {"a", "b"});
    std::set<std::uint32_t> cells;
    for (std::uint32_t kind = 0; kind < kinds; ++kind)
        for (std::size_t group = 0; group < groups->groups(); ++group) {
            const auto cell = layout.cell(kind, group);
            cells.insert(cell);
            for (const std::uint8_t entry :
                 {std::uint8_t{0}, std::uint8_t{1}, every_entry, no_entry})
                cells.insert(layout.cell_of_entry(cell, entry));
        }
    EXPECT_EQ(cells.size(), kinds * groups->groups() * (1 + 2 + 2));
    EXPECT_EQ(layout.cells(), cells.size());
    EXPECT_EQ(*cells.rbegin(), cells.size() - 1);
}

TEST(CellLayout, WithoutGroupsAndEntriesACellIsAKind) {
    const CellLayout layout(kinds, nullptr);
    EXPECT_EQ(layout.cells(), kinds);
    EXPECT_EQ(layout.cell(2, 0), 2U);
    EXPECT_FALSE(layout.has_groups());
    EXPECT_TRUE(layout.blocks().empty());
}

TEST(CellLayout, AffectedAreTheOperationsOnShardsThatAFaultTouches) {
    const auto groups = two_faults();
    const CellLayout layout(kinds, groups);
    std::vector<OpStats> cells(layout.cells());
    cells[layout.cell(1, groups->group_of(1))].scheduled = 10; // on worker2
    cells[layout.cell(2, groups->group_of(0))].scheduled = 20; // on worker1
    const auto affected = layout.sum(cells, Keys::affected);
    const auto unaffected = layout.sum(cells, Keys::unaffected);
    EXPECT_EQ(affected[1].scheduled, 10U);
    EXPECT_EQ(affected[2].scheduled, 0U);
    EXPECT_EQ(unaffected[1].scheduled, 0U);
    EXPECT_EQ(unaffected[2].scheduled, 20U);
}

void expect_equal(const std::vector<OpStats>& a, const std::vector<OpStats>& b,
                  const std::string& what) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t kind = 0; kind < a.size(); ++kind) {
        EXPECT_EQ(a[kind].scheduled, b[kind].scheduled) << what << ", kind " << kind;
        EXPECT_EQ(a[kind].outcomes, b[kind].outcomes) << what << ", kind " << kind;
        EXPECT_EQ(a[kind].rows, b[kind].rows) << what << ", kind " << kind;
        for (std::size_t i = 0; i < outcome_count; ++i)
            EXPECT_EQ(a[kind].response[i].count(), b[kind].response[i].count()) << what;
    }
}

/// Operations of all kinds, groups, entries and outcomes, drawn from a seed.
class CountedCells : public testing::TestWithParam<std::uint64_t> {
  protected:
    CountedCells() {
        Random random(GetParam(), 0, 0);
        constexpr std::array<std::uint8_t, 4> entries = {0, 1, every_entry, no_entry};
        for (int i = 0; i < 500; ++i) {
            const WindowKey key{0, static_cast<std::int32_t>(random.below(3))};
            const auto group = random.below(groups_->groups());
            const auto cell = layout_.cell(static_cast<std::uint32_t>(random.below(kinds)), group);
            recorder_.scheduled(key, cell);
            recorder_.completed(key, layout_.cell_of_entry(cell, entries[random.below(4)]),
                                static_cast<Outcome>(random.below(outcome_count)), 0, 1, 2, 1);
        }
    }

    std::shared_ptr<const KeyGroups> groups_ = two_faults();
    CellLayout layout_{kinds, groups_, {"a", "b"}};
    Recorder recorder_{layout_.cells()};
};

TEST_P(CountedCells, AddUpOverEntriesAndOverKeys) {
    for (const auto& window : recorder_.take()) {
        const auto& cells = window->cells;
        for (const auto keys : {Keys::all, Keys::affected, Keys::unaffected}) {
            std::vector<OpStats> blocks;
            for (std::size_t block = 0; block < layout_.blocks().size(); ++block)
                merge(blocks, layout_.sum(cells, keys, block));
            expect_equal(blocks, layout_.sum(cells, keys), "the blocks of the entries");
            for (const auto& operation : blocks) EXPECT_TRUE(operation.balanced());
        }
        std::vector<std::size_t> blocks(layout_.blocks().size());
        std::iota(blocks.begin(), blocks.end(), 0);
        blocks.push_back(CellLayout::every_block);
        for (const auto block : blocks) {
            auto parts = layout_.sum(cells, Keys::affected, block);
            merge(parts, layout_.sum(cells, Keys::unaffected, block));
            expect_equal(parts, layout_.sum(cells, Keys::all, block), "affected and unaffected");
        }
    }
}

TEST_P(CountedCells, EveryRowOfARecordIsBalanced) {
    WorkerBatch batch;
    batch.windows = recorder_.take();
    std::vector<WorkerBatch> batches;
    batches.push_back(std::move(batch));
    RunRecord record;
    record.operations = {{"a", false}, {"b", true}, {"c", true}};
    Collector collector(record.operations, layout_, 0, ticks_per_second, ticks_per_second);
    collector.name_segment("during");
    collector.add(batches);
    PhaseClock clock(0);
    clock.set_end(3 * ticks_per_second);
    collector.finish(clock, 3 * ticks_per_second, record);
    std::map<std::string, std::uint64_t> of_all;
    const auto expect_balanced = [](const auto& row) {
        EXPECT_EQ(row.scheduled, row.ok + row.failed + row.unknown + row.skipped)
            << row.operation << " " << row.key_group << " " << row.entry;
    };
    for (const auto& row : record.timeline) expect_balanced(row);
    for (const auto& row : summary_rows(record)) {
        expect_balanced(row);
        if (row.operation == "all" && row.key_group == "all") of_all[row.entry] = row.scheduled;
    }
    EXPECT_EQ(of_all.size(), 5U) << "all, both entries, every, none";
    EXPECT_EQ(of_all["all"], 500U) << "nothing is counted twice";
    EXPECT_EQ(of_all["a"] + of_all["b"] + of_all["every"] + of_all["none"], 500U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, CountedCells, testing::Range<std::uint64_t>(1, 11));

} // namespace
} // namespace citusbench::test
