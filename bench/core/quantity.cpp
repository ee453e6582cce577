#include "core/quantity.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace citusbench {
namespace {

struct Unit {
    std::string_view name;
    double factor;
};

constexpr std::array duration_units = {Unit{"ns", 1},     Unit{"us", 1e3}, Unit{"ms", 1e6},
                                       Unit{"s", 1e9},    Unit{"m", 60e9}, Unit{"min", 60e9},
                                       Unit{"h", 3600e9}, Unit{"", 1e9}};
constexpr std::array count_units = {Unit{"k", 1e3}, Unit{"K", 1e3}, Unit{"M", 1e6}, Unit{"G", 1e9},
                                    Unit{"", 1}};

/// Splits "1.5k" into 1.5 and "k"; throws with `hint` if it does not begin with a number.
std::pair<double, std::string_view> split(std::string_view text, const std::string& hint) {
    double number = 0;
    const auto* last = text.data() + text.size();
    const auto [end, code] = std::from_chars(text.data(), last, number, std::chars_format::fixed);
    if (code != std::errc{} || !std::isfinite(number) || number < 0)
        throw std::invalid_argument(hint);
    return {number, std::string_view(end, static_cast<std::size_t>(last - end))};
}

template <typename Units>
double apply_unit(double number, std::string_view name, const Units& units,
                  const std::string& hint) {
    for (const auto& unit : units)
        if (unit.name == name) return number * unit.factor;
    throw std::invalid_argument(hint);
}

} // namespace

Nanoseconds parse_duration(std::string_view text) {
    static const std::string hint = "write a duration as 500ms, 20s or 2m";
    const auto [number, unit] = split(text, hint);
    const double ns = apply_unit(number, unit, duration_units, hint);
    if (ns > 1000 * 3600e9) throw std::invalid_argument("a duration must be at most 1000h");
    return Nanoseconds(std::llround(ns));
}

double parse_rate(std::string_view text) {
    static const std::string hint = "write a rate as 5000, 5k or 30/min (operations per second)";
    double divisor = 1;
    if (const auto slash = text.find('/'); slash != std::string_view::npos) {
        const auto per = text.substr(slash + 1);
        if (per == "min" || per == "m")
            divisor = 60;
        else if (per == "h")
            divisor = 3600;
        else if (per != "s")
            throw std::invalid_argument(hint);
        text = text.substr(0, slash);
    }
    const auto [number, unit] = split(text, hint);
    const double rate = apply_unit(number, unit, count_units, hint) / divisor;
    if (rate <= 0) throw std::invalid_argument("a rate must be above zero");
    if (rate > 1e8) throw std::invalid_argument("a rate must be at most 100M");
    return rate;
}

std::uint64_t parse_count(std::string_view text) {
    static const std::string hint = "write a whole number, such as 1000, 10k or 5M";
    const auto [number, unit] = split(text, hint);
    const double count = apply_unit(number, unit, count_units, hint);
    if (count != std::floor(count) || count > 1e15) throw std::invalid_argument(hint);
    return static_cast<std::uint64_t>(count);
}

double parse_share(std::string_view text) {
    static const std::string hint = "write a share as 1%, 0.01 or off";
    if (text == "off") return 0;
    const auto [number, unit] = split(text, hint);
    const double share = unit == "%" ? number / 100 : number;
    if (!(unit.empty() || unit == "%")) throw std::invalid_argument(hint);
    if (share > 1) throw std::invalid_argument("a share must be at most 100%, which is 1");
    return share;
}

std::string format_duration(Nanoseconds duration) {
    const auto ns = static_cast<double>(duration.count());
    const double magnitude = std::abs(ns);
    struct Scale {
        double from;
        double factor;
        const char* unit;
    };
    static constexpr std::array scales = {Scale{1e9, 1e9, "s"}, Scale{1e6, 1e6, "ms"},
                                          Scale{1e3, 1e3, "µs"}, Scale{0, 1, "ns"}};
    for (const auto& scale : scales) {
        if (magnitude < scale.from) continue;
        const double value = ns / scale.factor;
        const double size = std::abs(value);
        const int decimals = size >= 100 || value == std::floor(value) ? 0 : size >= 10 ? 1 : 2;
        return fmt::format("{:.{}f} {}", value, decimals, scale.unit);
    }
    return "0 s";
}

std::string format_count(std::uint64_t count) {
    auto digits = std::to_string(count);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), 1, ',');
    return digits;
}

std::string duration_option(Nanoseconds duration) {
    const auto ns = duration.count();
    if (ns % 1'000'000'000 == 0) return fmt::format("{}s", ns / 1'000'000'000);
    if (ns % 1'000'000 == 0) return fmt::format("{}ms", ns / 1'000'000);
    if (ns % 1'000 == 0) return fmt::format("{}us", ns / 1'000);
    return fmt::format("{}ns", ns);
}

} // namespace citusbench
