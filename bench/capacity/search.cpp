#include "capacity/search.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace citusbench {
namespace {

constexpr double first_factor = 1.5;
constexpr double largest_factor = 4;

} // namespace

double round_rate(double rate) {
    const auto unit = std::pow(10, std::floor(std::log10(rate)) - 2);
    // A division by the inverse yields 0.123 and not 0.12300000000000001.
    return unit >= 1 ? std::round(rate / unit) * unit
                     : std::round(rate * std::round(1 / unit)) / std::round(1 / unit);
}

CapacitySearch::CapacitySearch(const SearchLimits& limits)
    : limits_(limits),
      rate_(std::clamp(round_rate(limits.start), limits.min_rate, limits.max_rate)),
      factor_(first_factor) {}

void CapacitySearch::record_result(bool held) {
    assert(step_ != Step::done);
    ++probes_;
    if (step_ == Step::probe)
        on_probe(held);
    else
        on_confirmation(held);
}

void CapacitySearch::on_probe(bool held) {
    (held ? held_ : missed_) = rate_;
    if (!held_ && (rate_ <= limits_.min_rate || probes_ >= limits_.probes))
        return finish(End::none);
    if (held_ &&
        (bracket_is_narrow() || *held_ >= limits_.max_rate || probes_ + 1 >= limits_.probes))
        return confirm(*held_);
    if (held_ && missed_) {
        rate_ = round_rate(std::sqrt(*held_ * *missed_));
        return;
    }
    rate_ = std::clamp(round_rate(held_ ? rate_ * factor_ : rate_ / factor_), limits_.min_rate,
                       limits_.max_rate);
    factor_ = std::min(factor_ * factor_, largest_factor);
}

void CapacitySearch::on_confirmation(bool held) {
    if (held) return finish(End::confirmed);
    missed_ = rate_;
    ++steps_down_;
    if (probes_ >= limits_.probes) {
        rate_ = 0;
        return finish(End::unconfirmed);
    }
    if (rate_ <= limits_.min_rate) return finish(End::none);
    confirm(std::max(round_rate(rate_ / (1 + limits_.tolerance)), limits_.min_rate));
}

void CapacitySearch::confirm(double rate) {
    if (probes_ >= limits_.probes) return finish(End::unconfirmed);
    step_ = Step::confirm;
    rate_ = rate;
}

void CapacitySearch::finish(End end) {
    step_ = Step::done;
    end_ = end;
    if (end == End::none) rate_ = 0;
    if (end == End::unconfirmed && steps_down_ == 0) rate_ = held_.value_or(0);
}

bool CapacitySearch::bracket_is_narrow() const {
    if (!held_ || !missed_) return false;
    if (*missed_ <= *held_ * (1 + limits_.tolerance)) return true;
    // Rates of three digits need not have one between them.
    const auto middle = round_rate(std::sqrt(*held_ * *missed_));
    return middle <= *held_ || middle >= *missed_;
}

bool CapacitySearch::is_narrow() const {
    constexpr double rounding = 0.006;
    return end_ == End::confirmed && missed_ &&
           *missed_ <= rate_ * (1 + limits_.tolerance + rounding);
}

} // namespace citusbench
