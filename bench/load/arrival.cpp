#include "load/arrival.hpp"

#include <cmath>

namespace citusbench {

void ArrivalSchedule::advance() {
    if (const auto* constant = std::get_if<Constant>(&arrival_)) {
        // From the count, not by adding gaps: the error of rounding must not grow with the run.
        const auto k = static_cast<double>(thread_ + count_ * threads_);
        next_ = start_ + static_cast<Ticks>(std::llround(k / constant->rate * 1e9));
        ++count_;
    } else if (const auto* poisson = std::get_if<Poisson>(&arrival_)) {
        const double gap = -std::log1p(-random_.unit()) * threads_ / poisson->rate;
        offset_s_ += gap;
        next_ = start_ + static_cast<Ticks>(std::llround(offset_s_ * 1e9));
    } else if (const auto* steps = std::get_if<Steps>(&arrival_)) {
        arrivals_ = steps->even ? static_cast<double>(thread_ + count_ * threads_)
                                : arrivals_ - std::log1p(-random_.unit()) * threads_;
        next_ = start_ + static_cast<Ticks>(std::llround(steps->time_of(arrivals_) * 1e9));
        ++count_;
    }
}

Arrival with_rate(const Arrival& arrival, double rate) {
    if (std::holds_alternative<Constant>(arrival)) return Constant{rate};
    return Poisson{rate};
}

double Steps::time_of(double arrivals) const {
    for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
        const auto here = (steps[i + 1].from_s - steps[i].from_s) * steps[i].rate;
        if (arrivals < here) return steps[i].from_s + arrivals / steps[i].rate;
        arrivals -= here;
    }
    return steps.back().from_s + arrivals / steps.back().rate;
}

} // namespace citusbench
