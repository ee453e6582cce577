// What recording an operation costs, on one core: the clock reads of its send and its answer, the
// window, the counters and two histograms, with latencies spread as a server spreads them. Compare
// with the CPU per operation that perf_peer prints.
#include <cmath>

#include <fmt/format.h>

#include "core/random.hpp"
#include "stats/recorder.hpp"

using namespace citusbench;

int main() {
    constexpr std::uint64_t operations = 20'000'000;
    Recorder recorder(13);
    Random random(1, 2, 3);
    std::uint64_t sum = 0;
    const auto baseline_start = now_ticks();
    for (std::uint64_t i = 0; i < operations; ++i)
        sum += 100'000 + (random() & 0x3ffff) + random() % 13;
    const auto start = now_ticks();
    for (std::uint64_t i = 0; i < operations; ++i) {
        const auto latency = static_cast<Ticks>(100'000 + (random() & 0x3ffff));
        const auto kind = static_cast<std::uint32_t>(random() % 13);
        const WindowKey key{1, static_cast<std::int32_t>(i >> 17)};
        recorder.scheduled(key, kind);
        const auto sent = now_ticks();
        const auto done = now_ticks();
        recorder.completed(key, kind, Outcome::ok, done - latency, sent - latency, done, 1);
        if ((i & 0x1ffff) == 0) recorder.take();
    }
    const auto end = now_ticks();
    const auto per_operation =
        static_cast<double>((end - start) - (start - baseline_start)) / operations;
    fmt::print("recording: {:.1f} ns an operation (clock reads included){}\n", per_operation,
               sum == 0 ? "!" : "");
    return 0;
}
