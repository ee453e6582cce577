#include "measure/steadiness.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "measure/client_health.hpp"

namespace citusbench {
namespace {

constexpr int real_score = 21;       // see Trend::score
constexpr double real_change = 0.10; // less than that over the whole stretch is steady enough

double median_of(std::vector<double> values) {
    if (values.empty()) return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

} // namespace

bool Trend::is_real() const {
    return std::abs(score) >= real_score && std::abs(change) > real_change;
}

Trend trend_of(std::span<const double> values) {
    Trend trend;
    std::vector<double> slopes;
    for (std::size_t i = 0; i < values.size(); ++i)
        for (std::size_t j = i + 1; j < values.size(); ++j) {
            const auto step = values[j] - values[i];
            trend.score += step > 0 ? 1 : step < 0 ? -1 : 0;
            slopes.push_back(step / static_cast<double>(j - i));
        }
    const auto median = median_of({values.begin(), values.end()});
    if (median > 0 && values.size() > 1)
        trend.change =
            median_of(std::move(slopes)) * static_cast<double>(values.size() - 1) / median;
    return trend;
}

Steadiness::Steadiness(Ticks start, unsigned threads, unsigned connections)
    : start_(start), until_(threads, start), min_operations_(operations_a_connection * connections),
      next_look_(start + min_time) {}

void Steadiness::add(const std::vector<WorkerBatch>& batches) {
    for (const auto& batch : batches) {
        Histogram response;
        for (const auto& window : batch.windows) response.merge(ok_responses(window->cells));
        add(batch.thread, batch.until, response.count(), response);
    }
}

/// A thread reports about once per bin, but not in step with the bins: what it counted is spread
/// evenly over the time that it covers.
void Steadiness::add(unsigned thread, Ticks until, std::uint64_t ok, const Histogram& response) {
    const auto from = until_[thread];
    if (until <= from) return;
    until_[thread] = until;
    operations_ += ok;
    const auto last = static_cast<std::size_t>((until - 1 - start_) / bin_length);
    if (bins_.size() <= last) bins_.resize(last + 1);
    for (auto i = static_cast<std::size_t>((from - start_) / bin_length); i <= last; ++i) {
        const auto begin = start_ + static_cast<Ticks>(i) * bin_length;
        const auto covered = std::min(until, begin + bin_length) - std::max(from, begin);
        bins_[i].ok += static_cast<double>(ok) * static_cast<double>(covered) /
                       static_cast<double>(until - from);
    }
    bins_[static_cast<std::size_t>(((from + until) / 2 - start_) / bin_length)].response.merge(
        response);
}

Ticks Steadiness::complete_until() const {
    return *std::min_element(until_.begin(), until_.end());
}

bool Steadiness::is_steady() {
    while (!is_steady_ && complete_until() >= next_look_) {
        look(next_look_ - start_);
        const bool flat = !rate_.is_real() && !latency_.is_real() && operations_ >= min_operations_;
        is_steady_ = flat && was_flat_;
        was_flat_ = flat;
        next_look_ += look_every;
    }
    return is_steady_;
}

void Steadiness::look(Ticks length) {
    const auto end = static_cast<std::size_t>(length / bin_length);
    // A multiple of the windows, so that each has as many bins.
    const auto stretch =
        std::max(static_cast<std::size_t>(min_time / bin_length), end / 2) / windows * windows;
    const auto bins_a_window = stretch / windows;
    std::vector<double> rates;
    std::vector<double> medians;
    for (auto first = end - stretch; first < end; first += bins_a_window) {
        double ok = 0;
        Histogram response;
        for (auto i = first; i < std::min(first + bins_a_window, bins_.size()); ++i) {
            ok += bins_[i].ok;
            response.merge(bins_[i].response);
        }
        rates.push_back(ok);
        if (!response.empty()) medians.push_back(static_cast<double>(response.quantile(0.5)));
    }
    rate_ = trend_of(rates);
    latency_ = trend_of(medians);
    looked_at_s_ = to_seconds(static_cast<Ticks>(stretch) * bin_length);
}

double Steadiness::rate_since(Ticks from) const {
    const auto until = complete_until();
    if (until <= from) return 0;
    double ok = 0;
    for (std::size_t i = 0; i < bins_.size(); ++i) {
        const auto begin = start_ + static_cast<Ticks>(i) * bin_length;
        const auto covered = std::min(until, begin + bin_length) - std::max(from, begin);
        if (covered > 0)
            ok += bins_[i].ok * static_cast<double>(covered) / static_cast<double>(bin_length);
    }
    return ok / to_seconds(until - from);
}

std::string Steadiness::reason() const {
    if (operations_ < min_operations_)
        return fmt::format("only {} operations succeeded, fewer than ten a connection: the servers "
                           "are slow or failing, or caches are still filling",
                           operations_);
    const auto text = [&](const char* what, const Trend& trend, const char* cause) {
        return fmt::format("{} {} by {:.0f} % in {:.0f} s: {}", what,
                           trend.change > 0 ? "rose" : "fell", 100 * std::abs(trend.change),
                           looked_at_s_, cause);
    };
    constexpr auto faster = "caches are still filling";
    constexpr auto slower =
        "a backlog grows, or the servers have other work (checkpoint, autovacuum)";
    if (rate_.is_real()) return text("the rate", rate_, rate_.change > 0 ? faster : slower);
    if (!latency_.is_real()) return "its rate went up and down from second to second";
    return text("the median response time", latency_, latency_.change > 0 ? slower : faster);
}

} // namespace citusbench
