#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>

#include "support/made_rows.hpp"
#include "support/not_empty.hpp"
#include "workloads/chat/chat.hpp"

namespace citusbench::chat_test {

inline constexpr std::size_t rooms_table = 0;
inline constexpr std::size_t members_table = 1;
inline constexpr std::size_t messages_table = 2;

using Options = std::map<std::string, std::string, std::less<>>;

inline std::unique_ptr<Workload> make_chat(Options options, std::uint64_t seed = 1) {
    WorkloadConfig config;
    for (const auto& option : chat::options())
        config.options.emplace(option.name, option.default_value);
    for (const auto& [name, value] : options) config.options[name] = value;
    config.seed = seed;
    return chat::make(config);
}

using test::decode;
using test::Field;
using test::int8_of;
using test::kind_of;
using test::load_time_us;
using test::make_params;
using test::params_of;
using test::run_time_us;
using test::table_rows;
using test::unix_us_of;

/// room id → member ids, as loaded.
inline std::map<std::int64_t, std::set<std::int64_t>> members_of_rooms(const Workload& workload) {
    std::map<std::int64_t, std::set<std::int64_t>> members;
    for (const auto& row : test::not_empty(table_rows(workload, members_table)))
        EXPECT_TRUE(members[int8_of(row[0])].insert(int8_of(row[2])).second)
            << "a person is in room " << int8_of(row[0]) << " twice";
    return members;
}

} // namespace citusbench::chat_test
