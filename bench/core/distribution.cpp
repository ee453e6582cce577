#include "core/distribution.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include <fmt/format.h>

namespace citusbench {

KeyDistribution KeyDistribution::parse(std::string_view text) {
    static constexpr auto hint = "use uniform, zipf:THETA (such as zipf:0.99) or latest";
    if (text == "uniform") return {Kind::uniform, 0};
    if (text == "latest") return {Kind::latest, 0.99};
    constexpr std::string_view prefix = "zipf:";
    if (!text.starts_with(prefix)) throw std::invalid_argument(hint);
    text.remove_prefix(prefix.size());
    double theta = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), theta);
    if (code != std::errc{} || end != text.data() + text.size()) throw std::invalid_argument(hint);
    if (!(theta > 0 && theta <= 10))
        throw std::invalid_argument("THETA must be above 0 and at most 10");
    return {Kind::zipf, theta};
}

std::string KeyDistribution::to_string() const {
    switch (kind) {
    case Kind::uniform:
        return "uniform";
    case Kind::latest:
        return "latest";
    case Kind::zipf:
        return fmt::format("zipf:{}", theta);
    }
    return {};
}

// H(x), the integral of x^-theta, and its inverse, in the forms that stay exact for theta near 1.
double KeyChooser::h_integral(double x) const {
    const double log_x = std::log(x);
    const double t = (1 - distribution_.theta) * log_x;
    const double helper = std::abs(t) > 1e-8 ? std::expm1(t) / t : 1 + t / 2 * (1 + t / 3);
    return helper * log_x;
}

double KeyChooser::h_integral_inverse(double x) const {
    double t = x * (1 - distribution_.theta);
    if (t < -1) t = -1;
    const double helper = std::abs(t) > 1e-8 ? std::log1p(t) / t : 1 - t * (0.5 - t / 3);
    return std::exp(helper * x);
}

KeyChooser::KeyChooser(KeyDistribution distribution, std::uint64_t count)
    : distribution_(distribution), count_(count) {
    if (count == 0) throw std::invalid_argument("a key distribution needs at least one key");
    half_bits_ = std::max(1, (static_cast<int>(std::bit_width(count - 1)) + 1) / 2);
    mask_ = (1ULL << half_bits_) - 1;
    if (distribution.kind == KeyDistribution::Kind::uniform) return;
    const auto h = [&](double x) { return std::exp(-distribution_.theta * std::log(x)); };
    h_x1_ = h_integral(1.5) - 1;
    h_n_ = h_integral(static_cast<double>(count) + 0.5);
    s_ = 2 - h_integral_inverse(h_integral(2.5) - h(2));
}

std::uint64_t KeyChooser::rank(Random& random) const {
    while (true) {
        const double u = h_n_ + random.unit() * (h_x1_ - h_n_);
        const double x = h_integral_inverse(u);
        double k = std::floor(x + 0.5);
        k = std::min(std::max(k, 1.0), static_cast<double>(count_));
        const double h_k = std::exp(-distribution_.theta * std::log(k));
        if (k - x <= s_ || u >= h_integral(k + 0.5) - h_k) return static_cast<std::uint64_t>(k) - 1;
    }
}

// A four-round Feistel network is a permutation of [0, 4^half_bits); walking its cycle until the
// value falls below count (at most four times on average) makes it one of [0, count).
std::uint64_t KeyChooser::scatter(std::uint64_t rank) const {
    std::uint64_t value = rank;
    do {
        std::uint64_t left = value >> half_bits_;
        std::uint64_t right = value & mask_;
        for (std::uint64_t round = 0; round < 4; ++round) {
            const auto next = left ^ (mix64(right + (round << 56)) & mask_);
            left = right;
            right = next;
        }
        value = (left << half_bits_) | right;
    } while (value >= count_);
    return value;
}

std::uint64_t KeyChooser::operator()(Random& random) const {
    switch (distribution_.kind) {
    case KeyDistribution::Kind::uniform:
        return random.below(count_);
    case KeyDistribution::Kind::latest:
        return count_ - 1 - rank(random);
    case KeyDistribution::Kind::zipf:
        return scatter(rank(random));
    }
    return 0;
}

WeightedChoice::WeightedChoice(std::span<const double> weights) : cells_(weights.size()) {
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    if (!(sum > 0)) throw std::invalid_argument("at least one weight must be above zero");
    const auto positive = [](double weight) { return weight > 0; };
    if (std::count_if(weights.begin(), weights.end(), positive) == 1)
        only_ = static_cast<std::size_t>(std::find_if(weights.begin(), weights.end(), positive) -
                                         weights.begin());
    std::vector<double> scaled;
    std::vector<std::uint32_t> small;
    std::vector<std::uint32_t> large;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (weights[i] < 0) throw std::invalid_argument("a weight must not be negative");
        scaled.push_back(weights[i] / sum * static_cast<double>(weights.size()));
        (scaled[i] < 1 ? small : large).push_back(static_cast<std::uint32_t>(i));
        cells_[i] = {1.0, static_cast<std::uint32_t>(i)};
    }
    while (!small.empty() && !large.empty()) {
        const auto less = small.back();
        const auto more = large.back();
        small.pop_back();
        cells_[less] = {scaled[less], more};
        scaled[more] -= 1 - scaled[less];
        if (scaled[more] < 1) {
            large.pop_back();
            small.push_back(more);
        }
    }
    // What rounding leaves in `small` would be kept with probability 1, even a weight of zero.
    for (const auto rest : small) {
        if (weights[rest] > 0) continue;
        std::size_t heaviest = 0;
        for (std::size_t i = 1; i < weights.size(); ++i)
            if (weights[i] > weights[heaviest]) heaviest = i;
        cells_[rest] = {0.0, static_cast<std::uint32_t>(heaviest)};
    }
}

std::size_t WeightedChoice::operator()(Random& random) const {
    const auto cell = random.below(cells_.size());
    return random.unit() < cells_[cell].keep ? cell : cells_[cell].alias;
}

} // namespace citusbench
