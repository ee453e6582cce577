#include "support/lag_witness.hpp"

#include <sys/prctl.h>

#include "core/time.hpp"

namespace citusbench::test {

LagWitness::LagWitness() : thread_([this] { watch(); }) {}

void LagWitness::watch() {
    constexpr Ticks step = 1'000'000;
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    while (!stopping_.load(std::memory_order_relaxed)) {
        const auto wake = now_ticks() + step;
        const timespec until{wake / 1'000'000'000, wake % 1'000'000'000};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
        lag_.record(now_ticks() - wake);
    }
}

void LagWitness::stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
}

bool LagWitness::was_disturbed() const {
    return lag_.quantile(0.9) > 200'000 || lag_.quantile(0.99) > 2'000'000;
}

} // namespace citusbench::test
