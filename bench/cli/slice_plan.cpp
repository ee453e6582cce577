#include "cli/slice_plan.hpp"

#include <time.h>

#include <charconv>
#include <stdexcept>

#include "core/error.hpp"

namespace citusbench {
namespace {

template <typename Number>
bool read_all(std::string_view text, Number& number) {
    const auto* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, number);
    return !text.empty() && result.ec == std::errc() && result.ptr == end;
}

constexpr double latest = 4e9; ///< seconds since 1970, the year 2096

} // namespace

std::int64_t parse_moment(std::string_view text) {
    static const std::string hint =
        "write a time as 2026-01-31T12:00:00Z, or as seconds since 1970";
    double seconds = 0;
    if (!read_all(text, seconds)) {
        seconds = 0; // its beginning was a number
        tm parts{};
        const std::string copy(text);
        const char* rest = strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
        if (!rest || !copy.ends_with('Z')) throw std::invalid_argument(hint);
        const std::string_view fraction(rest, copy.c_str() + copy.size() - 1);
        if (!fraction.empty() && (fraction[0] != '.' || !read_all(fraction, seconds)))
            throw std::invalid_argument(hint);
        seconds += static_cast<double>(timegm(&parts));
    }
    if (!(seconds > 0 && seconds < latest)) throw std::invalid_argument(hint);
    return static_cast<std::int64_t>(seconds * 1e6);
}

LoadSlice parse_shard_of(std::string_view text) {
    static const std::string hint = "write I/K with I from 1 to K, and K at most 1000";
    const auto slash = text.find('/');
    LoadSlice slice;
    if (slash == std::string_view::npos || !read_all(text.substr(0, slash), slice.index) ||
        !read_all(text.substr(slash + 1), slice.count))
        throw std::invalid_argument(hint);
    if (slice.index < 1 || slice.index > slice.count || slice.count > 1000)
        throw std::invalid_argument(hint);
    --slice.index;
    return slice;
}

void read_share(const ParsedOptions& options, Plan& plan) {
    if (!plan.slice.is_part()) return;
    const OptionValue value(options, "shard-of");
    if (!plan.start_at_us)
        value.refuse("the processes must start together; name the same --start-at in each");
    if (plan.dsns.empty()) value.refuse("the processes need the same database; name it with --dsn");
    if (!plan.faults.empty())
        value.refuse("the phases of a fault are known to one process only; leave the fault out, or "
                     "--shard-of");
    if (plan.by_entry)
        throw UsageError("--by entry: the parts of a load are merged without it; leave it out, or "
                         "--shard-of");
    // Rows of the other processes are nobody's here: merge checks them all.
    plan.verify = false;
    plan.check_share = 0;
}

} // namespace citusbench
