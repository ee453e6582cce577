#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace citusbench {

/// A field of a CSV line after RFC 4180: quoted where it holds a comma, a quote or a line break.
std::string csv_field(std::string_view text);

/// The fields with commas between them and a newline (LF) at the end.
std::string csv_line(std::span<const std::string> fields);

/// A number with a fixed count of decimals; empty for nothing and for what is not finite, because a
/// value that does not exist is an empty cell. Never "-0".
std::string csv_number(std::optional<double> value, int decimals);

/// Splits one complete CSV record that begins at `at`, and moves `at` behind its line end. Returns
/// nothing when a quote is left open or stands in the wrong place.
std::optional<std::vector<std::string>> split_csv_record(std::string_view text, std::size_t& at);

} // namespace citusbench
