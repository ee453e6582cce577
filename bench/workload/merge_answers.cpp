#include "workload/merge_answers.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>

#include "pg/wire.hpp"
#include "workload/binary_values.hpp"

namespace citusbench {
namespace {

struct Row {
    const pg::Result* part;
    int number;
};

using Parts = std::vector<const pg::Result*>;

std::vector<Row> rows_of(const Parts& parts) {
    std::vector<Row> rows;
    for (const auto* part : parts) {
        expect_columns(*part, parts.front()->columns());
        for (int row = 0; row < part->rows(); ++row) rows.push_back({part, row});
    }
    return rows;
}

pg::Result like(const pg::Result& part) {
    pg::ResultPtr result(PQcopyResult(part.get(), PG_COPYRES_ATTRS));
    if (!result) throw std::bad_alloc();
    return pg::Result(std::move(result));
}

void put(const pg::Result& result, int row, int column, char* bytes, int length) {
    if (PQsetvalue(result.get(), row, column, bytes, length) == 0) throw std::bad_alloc();
}

pg::Result in_this_order(const std::vector<Row>& rows, const pg::Result& first) {
    auto result = like(first);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& [part, number] = rows[i];
        for (int column = 0; column < first.columns(); ++column) {
            const bool is_null = part->is_null(number, column);
            put(result, static_cast<int>(i), column,
                is_null ? nullptr : PQgetvalue(part->get(), number, column),
                is_null ? -1 : PQgetlength(part->get(), number, column));
        }
    }
    return result;
}

pg::Result sum(const Parts& parts) {
    std::int64_t sum = 0;
    for (const auto* part : parts) {
        expect_columns(*part, 1);
        if (part->rows() != 1) throw WrongAnswer("a part of a sum has not one row");
        sum += int8_in(part->text(0, 0));
    }
    auto bytes = pg::to_wire(sum);
    auto result = like(*parts.front());
    put(result, 0, 0, bytes.data(), static_cast<int>(bytes.size()));
    return result;
}

/// Each part keeps its order, so that a wrong order stays visible.
std::vector<Row> merged(const std::vector<Row>& rows) {
    const auto key = [](const Row& row) { return int8_in(row.part->text(row.number, 0)); };
    std::vector<Row> merged;
    for (auto part = rows.begin(); part != rows.end();) {
        const auto end =
            std::find_if(part, rows.end(), [&](const Row& row) { return row.part != part->part; });
        std::vector<Row> longer;
        std::merge(merged.begin(), merged.end(), part, end, std::back_inserter(longer),
                   [&](const Row& a, const Row& b) { return key(a) < key(b); });
        merged = std::move(longer);
        part = end;
    }
    return merged;
}

pg::Result merge_parts(MergeRule how, const Parts& parts) {
    switch (how) {
    case MergeRule::add:
        return sum(parts);
    case MergeRule::append:
        return in_this_order(rows_of(parts), *parts.front());
    case MergeRule::merge:
        return in_this_order(merged(rows_of(parts)), *parts.front());
    case MergeRule::by_key:
    case MergeRule::none:
        break;
    }
    throw std::logic_error("answers that are not put together");
}

} // namespace

Answer merge_answers(const Answer& parts) {
    Parts all = {&parts.result};
    for (const auto& other : parts.others) all.push_back(&other);
    return {
        parts.index, parts.kind,       parts.sent, parts.done, merge_parts(parts.merge_rule, all),
        {},          MergeRule::by_key};
}

} // namespace citusbench
