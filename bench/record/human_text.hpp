#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace citusbench {

/// Numbers as people read them; what does not exist is "–".

/// "850 µs", "1.23 ms", "12.3 s ": three significant digits, the unit two columns wide, so that
/// right-aligned cells line up at the number.
std::string latency_text(std::optional<double> us);

/// "0.25", "51.2", "512", "5,123".
std::string rate_text(std::optional<double> per_s);

/// "+7.4 %", "-12.0 %", "0.0 %".
std::string percent_text(std::optional<double> percent);

/// Columns that a UTF-8 text takes on a terminal, all of its characters being one wide.
std::size_t display_width(std::string_view utf8);

/// Breaks `text` at blanks into lines of at most `width` columns. The first line stands behind
/// `first`, the others behind as many blanks; every line ends with a newline.
std::string wrap_text(std::string_view first, std::string_view text, std::size_t width);

} // namespace citusbench
