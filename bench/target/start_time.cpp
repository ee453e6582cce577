#include "target/start_time.hpp"

#include <fmt/format.h>

#include "core/embedded_files.hpp"
#include "core/error.hpp"
#include "core/quantity.hpp"
#include "pg/client.hpp"

namespace citusbench {

ClockOffset measure_clock(const std::string& conninfo, const StopFlag& stop) {
    constexpr int samples = 20;
    pg::Client client(conninfo, stop);
    const std::string sql(sql_text("marker/server_time.sql"));
    ClockOffset best;
    for (int i = 0; i < samples; ++i) {
        const auto before = wall_clock_us();
        const auto server = client.query(sql).integer(0, 0);
        const auto round_trip = wall_clock_us() - before;
        if (i > 0 && round_trip >= best.round_trip_us) continue;
        best = {server - (before + round_trip / 2), round_trip};
    }
    return best;
}

Ticks ticks_at(std::int64_t start_at_us, const ClockOffset& clock) {
    const auto left_us = start_at_us - (wall_clock_us() + clock.offset_us);
    if (left_us < 0)
        throw RunError(fmt::format("--start-at was {} ago by the server's clock when this client "
                                   "was ready; use a later time",
                                   format_duration(Nanoseconds(-left_us * 1000))));
    return now_ticks() + left_us * 1000;
}

} // namespace citusbench
