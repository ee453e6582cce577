// Answers of several clusters to one operation, put together.
#include <gtest/gtest.h>

#include "pg/wire.hpp"
#include "support/answer_builder.hpp"
#include "unit/chat_support.hpp"
#include "unit/spatial_support.hpp"
#include "workload/binary_values.hpp"
#include "workload/merge_answers.hpp"

namespace citusbench {
namespace {

using test::make_result;

std::string int8(std::int64_t value) {
    const auto wire = pg::to_wire(value);
    return {wire.data(), wire.size()};
}

Answer parts(MergeRule how, std::vector<pg::Result> results) {
    Answer answer{7, 3, 11, 13, std::move(results.front()), {}, how};
    for (std::size_t i = 1; i < results.size(); ++i) answer.others.push_back(std::move(results[i]));
    return answer;
}

std::vector<pg::Result> results(const std::vector<std::vector<test::BinaryRow>>& rows) {
    std::vector<pg::Result> all;
    for (const auto& each : rows) all.push_back(make_result({"id", "text"}, each));
    return all;
}

std::vector<std::int64_t> ids(const Answer& answer) {
    std::vector<std::int64_t> seen;
    for (int row = 0; row < answer.result.rows(); ++row)
        seen.push_back(int8_in(answer.result.text(row, 0)));
    return seen;
}

TEST(Gather, RowsAreAppendedWithTheirNulls) {
    const auto whole = merge_answers(
        parts(MergeRule::append,
              results({{{int8(9), "x"}}, {}, {{int8(2), std::nullopt}, {int8(1), ""}}})));
    EXPECT_EQ(ids(whole), (std::vector<std::int64_t>{9, 2, 1}));
    EXPECT_EQ(whole.result.text(0, 1), "x");
    EXPECT_TRUE(whole.result.is_null(1, 1));
    EXPECT_FALSE(whole.result.is_null(2, 1));
    EXPECT_EQ(whole.index, 7U);
    EXPECT_EQ(whole.kind, 3U);
    EXPECT_EQ(whole.sent, 11);
    EXPECT_EQ(whole.done, 13);
    EXPECT_TRUE(whole.others.empty());
}

TEST(Gather, RowsAreMergedByTheFirstColumn) {
    const auto whole = merge_answers(
        parts(MergeRule::merge, results({{{int8(2), "a"}, {int8(5), "b"}},
                                         {{int8(-1), "c"}, {int8(5), "d"}, {int8(8), "e"}}})));
    EXPECT_EQ(ids(whole), (std::vector<std::int64_t>{-1, 2, 5, 5, 8}));
    EXPECT_EQ(whole.result.text(2, 1), "b");
}

TEST(Gather, APartThatIsNotInOrderDoesNotBecomeSo) {
    const auto whole =
        merge_answers(parts(MergeRule::merge, results({{{int8(5), "a"}, {int8(2), "b"}}, {}})));
    EXPECT_EQ(ids(whole), (std::vector<std::int64_t>{5, 2}));
}

TEST(Gather, CountsAreAdded) {
    std::vector<pg::Result> counts;
    for (const std::int64_t count : {40, 0, 2})
        counts.push_back(make_result({"count"}, {{int8(count)}}));
    const auto whole = merge_answers(parts(MergeRule::add, std::move(counts)));
    EXPECT_EQ(whole.result.rows(), 1);
    EXPECT_EQ(ids(whole), (std::vector<std::int64_t>{42}));
}

TEST(Gather, ACountThatIsMissingIsWrong) {
    std::vector<pg::Result> counts;
    counts.push_back(make_result({"count"}, {{int8(1)}}));
    counts.push_back(make_result({"count"}, {}));
    EXPECT_THROW(merge_answers(parts(MergeRule::add, std::move(counts))), WrongAnswer);
}

/// An operation without a key is answered by every cluster, so it must say what becomes of it.
void expect_declared(const Workload& workload) {
    const auto session = workload.session({1, 1, 1});
    for (std::uint32_t kind = 0; kind < workload.operations().size(); ++kind) {
        const bool has_key = session->key(5, kind).kind != RoutingKey::Kind::none;
        EXPECT_EQ(workload.operations()[kind].merge_rule == MergeRule::by_key, has_key)
            << workload.operations()[kind].name;
    }
}

TEST(Gather, EveryOperationSaysHowItsAnswersArePutTogether) {
    expect_declared(*chat_test::make_chat({}));
    expect_declared(*spatial::workload_with({}));
}

} // namespace
} // namespace citusbench
