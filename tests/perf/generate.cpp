// How fast each workload makes the rows of its load, on one core: default options, a million rows.
#include <chrono>
#include <cstdio>
#include <exception>

#include <fmt/format.h>

#include "pg/copy_rows.hpp"
#include "workloads/registry.hpp"

using namespace citusbench;

namespace {

constexpr std::uint64_t rows_to_make = 1'000'000;
constexpr std::size_t buffer_bytes = 1 << 20; // as a loader sends it piece by piece

WorkloadConfig default_config(const WorkloadRegistration& registration) {
    WorkloadConfig config;
    for (const auto& option : registration.options())
        config.options.emplace(option.name, option.default_value);
    return config;
}

void time_table(const Workload& workload, std::size_t table) {
    const auto count = workload.row_count(table);
    if (count == 0) return;
    pg::CopyBuffer buffer;
    std::uint64_t bytes = 0;
    std::uint64_t keys = 0; // used, so that nothing is optimised away
    const auto start = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0; i < rows_to_make; ++i) {
        const auto key = workload.make_row(table, i % count, 1'700'000'000'000'000, buffer);
        keys += key.text.size() + static_cast<std::uint64_t>(key.number);
        if (buffer.size() < buffer_bytes) continue;
        bytes += buffer.size();
        buffer.clear();
    }
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    bytes += buffer.size();
    fmt::print("{:<8} {:<20} {:>12.0f} rows/s {:>8.1f} MB/s  (check {:x})\n", workload.name(),
               workload.tables()[table].name, static_cast<double>(rows_to_make) / elapsed.count(),
               static_cast<double>(bytes) / 1e6 / elapsed.count(), keys & 0xffff);
}

} // namespace

int main() {
    try {
        for (const auto& registration : workload_registry()) {
            const auto workload = registration.make(default_config(registration));
            for (std::size_t table = 0; table < workload->tables().size(); ++table)
                time_table(*workload, table);
        }
    } catch (const std::exception& error) {
        fmt::print(stderr, "generate: {}\n", error.what());
        return 1;
    }
    return 0;
}
