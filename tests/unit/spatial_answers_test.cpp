#include "unit/spatial_history.hpp"

namespace citusbench::spatial {
namespace {

constexpr std::array within_kinds = {Kind::radius_in_region, Kind::radius, Kind::bbox_in_region,
                                     Kind::bbox, Kind::geofence};
constexpr std::array row_kinds = {
    Kind::radius_in_region, Kind::radius,  Kind::bbox_in_region, Kind::bbox,
    Kind::geofence,         Kind::nearest, Kind::position};

void expect_says(const std::string& text, std::string_view part) {
    EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
}

TEST_F(SpatialAnswersTest, WhatWasLoadedAndAcknowledgedIsRight) {
    for (std::uint64_t i = 0; i < 3000; ++i) insert(Kind::insert, i, 10, 20);
    for (std::uint64_t i = 3000; i < 3050; ++i) insert(Kind::insert_100, i, 10, 20);
    for (const auto kind : row_kinds)
        for (std::uint64_t index = 5000; index < 5040; ++index)
            EXPECT_EQ(check_right(kind, index), "") << index;
}

TEST_F(SpatialAnswersTest, AMissingRowIsFoundWhereverItStands) {
    for (std::uint64_t i = 0; i < 2000; ++i) insert(Kind::insert, i, 10, 20);
    for (const auto kind : within_kinds) {
        const auto right = answer(kind, 7000);
        ASSERT_GT(right.size(), 0U);
        for (std::size_t i = 0; i < right.size(); ++i) {
            auto rows = right;
            rows.erase(rows.begin() + static_cast<long>(i));
            expect_says(check(kind, 7000, rows), std::to_string(right[i].id));
        }
    }
    const auto right = answer(Kind::nearest, 7000, 11);
    for (std::size_t i = 0; i < 10; ++i) {
        auto rows = right;
        rows.erase(rows.begin() + static_cast<long>(i));
        expect_says(check(Kind::nearest, 7000, rows), std::to_string(right[i].id));
    }
    for (const auto kind : row_kinds) expect_says(check(kind, 7000, {}), "missing");
}

TEST_F(SpatialAnswersTest, AMissingInsertedRowIsNamedWithTheTimeSinceItsAcknowledgement) {
    const auto made = insert(Kind::insert, 77, 10, 20, Outcome::ok, false).front();
    std::uint64_t index = 0;
    while (!matches(Kind::bbox, params(Kind::bbox, index), made)) ++index;
    expect_says(check_right(Kind::bbox, index),
                "row " + std::to_string(row_id(1, 77)) +
                    " (insert 77), acknowledged 980 ns before this was asked, is missing");
}

TEST_F(SpatialAnswersTest, WhatIsOnItsWayMayBeThereOrNot) {
    const auto before = rows_;
    for (std::uint64_t i = 0; i < 300; ++i) insert(Kind::insert_10, i, 900, 1000);
    for (std::uint64_t i = 300; i < 600; ++i) insert(Kind::insert_10, i, 1050, 1000'000);
    for (std::uint64_t i = 600; i < 900; ++i) insert(Kind::insert_10, i, 10, 20, Outcome::unknown);
    for (const auto kind : row_kinds)
        for (std::uint64_t index = 5000; index < 5020; ++index)
            EXPECT_EQ(check_right(kind, index), "");
    rows_ = before;
    for (const auto kind : row_kinds)
        for (std::uint64_t index = 5000; index < 5020; ++index)
            EXPECT_EQ(check_right(kind, index), "");
}

TEST_F(SpatialAnswersTest, ARowThatCannotBeThereIsFound) {
    const auto expect_in_every_kind = [&](std::string_view part) {
        for (const auto kind : row_kinds) {
            const auto row = rows_.back();
            std::uint64_t index = 0; // whose answer has the row
            const auto has_row = [&](const auto& rows) {
                return std::any_of(rows.begin(), rows.end(),
                                   [&](const auto& found) { return found.id == row.id; });
            };
            while (!has_row(answer(kind, index))) ++index;
            expect_says(check_right(kind, index), part);
        }
    };
    insert(Kind::insert, 1, 10, 20, Outcome::failed);
    expect_in_every_kind("its insert failed or was never sent");
    rows_.pop_back();
    insert(Kind::insert, 2, 1100, 1200);
    expect_in_every_kind("sent only after this answer had come");
    rows_.back().id = 5001;
    expect_in_every_kind("was not loaded");
    rows_.back().id = row_id(1, 2, 1);
    expect_in_every_kind("never sent");
}

TEST_F(SpatialAnswersTest, ARowFromOutsideIsFound) {
    for (const auto kind : within_kinds) {
        const auto p = params(kind, 3);
        const bool routed = kind == Kind::radius_in_region || kind == Kind::bbox_in_region;
        auto rows = answer(kind, 3);
        int outside = 0;
        for (const auto& row : rows_) {
            if (matches(kind, p, row)) continue;
            ++outside;
            rows.push_back(row);
            const auto text = check(kind, 3, rows);
            expect_says(text, "row " + std::to_string(row.id));
            expect_says(text, routed && row.region != p[0] ? "belongs to region" : "lies outside");
            rows.pop_back();
        }
        EXPECT_GT(outside, 0);
    }
    auto rows = answer(Kind::nearest, 3);
    const auto other = std::find_if(rows_.begin(), rows_.end(),
                                    [&](auto& row) { return row.region != rows[0].region; });
    rows[9] = *other;
    EXPECT_NE(check(Kind::nearest, 3, rows), "");
}

TEST_F(SpatialAnswersTest, ARowThatIsThereTwiceIsFound) {
    for (const auto kind : within_kinds) {
        auto rows = answer(kind, 3);
        rows.push_back(rows.front());
        expect_says(check(kind, 3, rows), "is there twice");
    }
    auto rows = answer(Kind::nearest, 3);
    rows[9] = rows[8];
    expect_says(check(Kind::nearest, 3, rows), "is there twice");
    rows = answer(Kind::position, 3);
    rows.push_back(rows.front());
    expect_says(check(Kind::position, 3, rows), "has 2 rows");
}

TEST_F(SpatialAnswersTest, WrongContentIsFoundInEveryColumn) {
    insert(Kind::insert, 1, 10, 20);
    for (const auto kind : row_kinds) {
        for (std::size_t i : {std::size_t{0}, answer(kind, 3).size() - 1}) {
            auto rows = answer(kind, 3);
            rows[i].ewkb.back() ^= 1;
            expect_says(check(kind, 3, rows), "location");
            rows = answer(kind, 3);
            rows[i].recorded_us += 1;
            EXPECT_NE(check(kind, 3, rows), "");
            rows = answer(kind, 3);
            rows[i].vehicle += 1;
            if (kind != Kind::position) expect_says(check(kind, 3, rows), "vehicle");
            rows[i].ewkb = "bytes";
            expect_says(check(kind, 3, rows), "location");
        }
        EXPECT_NE(check_fields(kind, 3, {"id"}, {}), "");
    }
}

TEST_F(SpatialAnswersTest, TheNearestMustBeSortedAndTheNearest) {
    auto rows = answer(Kind::nearest, 3);
    std::swap(rows[3], rows[4]);
    expect_says(check(Kind::nearest, 3, rows), "farther away");
    rows = answer(Kind::nearest, 3);
    int farther = 0;
    for (const auto& row : rows_) {
        if (row.region != rows[0].region) continue;
        if (std::any_of(rows.begin(), rows.end(), [&](auto& r) { return r.id == row.id; }))
            continue;
        ++farther;
        auto worse = rows;
        worse[9] = row;
        expect_says(check(Kind::nearest, 3, worse), "nearer than the last");
    }
    EXPECT_GT(farther, 0);
}

TEST_F(SpatialAnswersTest, TheLatestPositionIsTheLatest) {
    const auto p = params(Kind::position, 3);
    std::vector<Row> all;
    for (const auto& row : rows_)
        if (matches(Kind::position, p, row)) all.push_back(row);
    ASSERT_GT(all.size(), 1U);
    for (const auto& row : all)
        EXPECT_EQ(check(Kind::position, 3, {row}).empty(), row.id == all.back().id);
    const auto other = std::find_if(rows_.begin(), rows_.end(), [&](auto& row) {
        return row.region == p[0] && row.vehicle != all[0].vehicle;
    });
    expect_says(check(Kind::position, 3, {*other}), "is one of vehicle");
}

TEST_F(SpatialAnswersTest, CountsByRegionLieBetweenBounds) {
    const auto counts = [&](std::int64_t after_us) {
        std::map<std::string, std::int64_t> found;
        for (const auto& row : rows_)
            if (row.recorded_us > after_us) ++found[row.region];
        return found;
    };
    const auto check_counts = [&](Kind kind, const std::map<std::string, std::int64_t>& found) {
        std::vector<BinaryRow> rows;
        for (const auto& [code, count] : found) rows.push_back({code, wire(count)});
        return check_fields(kind, 1, {"region_code", "count"}, rows);
    };
    auto week = counts(test_load_time_us - 7 * day_us);
    EXPECT_EQ(check_counts(Kind::last_7_days, week), "");
    ++week.begin()->second;
    EXPECT_NE(check_counts(Kind::last_7_days, week), "");
    for (std::uint64_t i = 0; i < 100; ++i) insert(Kind::insert_10, i, 10, 20);
    insert(Kind::insert_10, 100, 10, 20, Outcome::unknown);
    auto all = counts(0);
    EXPECT_EQ(check_counts(Kind::region_count, all), "");
    const auto region = params(Kind::insert, 100)[2];
    all[region] -= 10;
    EXPECT_EQ(check_counts(Kind::region_count, all), "");
    --all[region];
    expect_says(check_counts(Kind::region_count, all), region);
    all[region] += 12;
    EXPECT_NE(check_counts(Kind::region_count, all), "");
    all = counts(0);
    all.erase(all.begin());
    EXPECT_NE(check_counts(Kind::region_count, all), "");
    all = counts(0);
    all["atlantis"] = 1;
    expect_says(check_counts(Kind::region_count, all), "atlantis");
}

class SpatialAnswersLaterRunTest : public SpatialAnswersTest {
  protected:
    SpatialAnswersLaterRunTest() : SpatialAnswersTest({{"points", "2000"}}, 2) {}
};

TEST_F(SpatialAnswersLaterRunTest, RowsOfEarlierRunsMayBeThere) {
    auto rows = answer(Kind::radius, 3);
    auto earlier = rows.front();
    earlier.id = row_id(1, 9);
    earlier.vehicle = 1234;
    rows.push_back(earlier);
    EXPECT_EQ(check(Kind::radius, 3, rows), "");
    for (const auto& row : rows_)
        if (!matches(Kind::radius, params(Kind::radius, 3), row)) earlier.ewkb = row.ewkb;
    rows.back() = earlier;
    expect_says(check(Kind::radius, 3, rows), "lies outside");
    rows.pop_back();
    rows.pop_back();
    expect_says(check(Kind::radius, 3, rows), "is missing");
}

TEST(SpatialAnswers, TooManyPositionsEndTheCheckingWithTheReason) {
    const auto workload = workload_with({{"points", "6M"}});
    const auto checker = workload->answer_checker({}, std::vector<double>(13, 1.0));
    try {
        checker->add({});
        FAIL();
    } catch (const CheckingEnded& ended) {
        expect_says(ended.what(), "6,000,000");
    }
}

} // namespace
} // namespace citusbench::spatial
