#include "run/warm_up.hpp"

#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/quantity.hpp"
#include "record/human_text.hpp"

namespace citusbench {

double rate_from_closed_loop(double ok_per_s) {
    const auto half = ok_per_s * WarmUp::rate_share;
    if (!(half > 0)) return 0;
    const auto unit = std::pow(10.0, std::floor(std::log10(half)) - 1);
    // Through text, so that 0.62 is that and not 0.6200000000000001.
    return std::stod(fmt::format("{:.2g}", std::round(half / unit) * unit));
}

WarmUp::WarmUp(const Plan& plan, Ticks start, PhaseClock& clock)
    : plan_(plan), start_(start), clock_(clock),
      steadiness_(start, plan.threads, plan.connections) {}

bool WarmUp::is_warm(Ticks now) {
    if (plan_.warmup) return now >= start_ + to_ticks(*plan_.warmup);
    if (steadiness_.is_steady()) return true;
    gave_up_ = now >= start_ + max_time;
    return gave_up_;
}

void WarmUp::attend(Ticks now) {
    if (!warm_at_ && is_warm(now)) warm_at_ = now;
    if (!warm_at_) return;
    const auto end = plan_.finds_rate ? *warm_at_ + calibration : *warm_at_;
    if (now >= end) clock_.set_end(end);
}

WarmUpInfo WarmUp::info() const {
    WarmUpInfo info;
    info.is_automatic = !plan_.warmup;
    info.seconds = to_seconds(std::min(clock_.end(), now_ticks()) - start_);
    if (info.is_automatic) {
        info.is_steady = !gave_up_;
        if (gave_up_) info.reason = steadiness_.reason();
    }
    if (!plan_.finds_rate) return info;
    info.closed_loop_ok_per_s = steadiness_.rate_since(warm_at_.value_or(start_));
    info.rate = rate_from_closed_loop(*info.closed_loop_ok_per_s);
    return info;
}

std::string WarmUp::line(const WarmUpInfo& info) {
    auto text = fmt::format("warm-up: {:.1f} s", info.seconds);
    if (info.is_automatic)
        text += info.is_steady ? ", rate and median are steady" : ", not steady: " + info.reason;
    if (!info.rate) return text;
    return text + fmt::format("; a closed loop reached {}/s, the rate is half of it: {}/s (--rate "
                              "auto)",
                              rate_text(*info.closed_loop_ok_per_s), rate_text(*info.rate));
}

} // namespace citusbench
