#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "pg/wire.hpp"
#include "workload/workload.hpp"

namespace citusbench::test {

// What a workload makes, taken apart again.

inline constexpr std::int64_t load_time_us = 1'700'000'000'000'000;
inline constexpr std::int64_t run_time_us = load_time_us + 3'600'000'000;

using Field = std::optional<std::string>;

inline std::uint32_t kind_of(const Workload& workload, std::string_view name) {
    const auto& operations = workload.operations();
    for (std::size_t i = 0; i < operations.size(); ++i)
        if (operations[i].name == name) return static_cast<std::uint32_t>(i);
    throw std::invalid_argument("no operation " + std::string(name));
}

/// Reads rows of COPY's binary format by the documentation's description of it.
inline std::vector<std::vector<Field>> decode(const pg::CopyBuffer& buffer) {
    std::vector<std::vector<Field>> rows;
    const char* at = buffer.data();
    const char* end = at + buffer.size();
    while (at < end) {
        const auto fields = pg::from_wire<std::int16_t>(at);
        at += 2;
        auto& row = rows.emplace_back();
        for (int i = 0; i < fields; ++i) {
            const auto length = pg::from_wire<std::int32_t>(at);
            at += 4;
            row.push_back(length < 0 ? Field() : Field(std::string(at, at + length)));
            at += std::max(length, 0);
        }
    }
    EXPECT_EQ(at, end);
    return rows;
}

inline std::vector<std::vector<Field>> table_rows(const Workload& workload, std::size_t table) {
    pg::CopyBuffer buffer;
    for (std::uint64_t row = 0; row < workload.row_count(table); ++row)
        workload.make_row(table, row, load_time_us, buffer);
    return decode(buffer);
}

inline std::int64_t int8_of(const Field& field) {
    EXPECT_EQ(field.value().size(), 8U);
    return pg::from_wire<std::int64_t>(field.value().data());
}

inline std::int64_t unix_us_of(const Field& field) {
    return int8_of(field) + pg::postgres_epoch_us;
}

inline std::vector<std::string> params_of(const Operation& operation) {
    std::vector<std::string> params;
    for (int i = 0; i < operation.params.count(); ++i)
        params.emplace_back(operation.params.values()[i],
                            static_cast<std::size_t>(operation.params.lengths()[i]));
    return params;
}

inline std::vector<std::string> make_params(const Workload& workload, std::string_view kind,
                                            std::uint64_t index, std::uint64_t run = 1) {
    Operation operation;
    workload.session({run, load_time_us, run_time_us})
        ->make(index, kind_of(workload, kind), operation);
    EXPECT_EQ(operation.index, index);
    EXPECT_EQ(operation.kind, kind_of(workload, kind));
    return params_of(operation);
}

} // namespace citusbench::test
