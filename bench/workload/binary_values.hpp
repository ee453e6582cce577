#pragma once

#include <bit>
#include <cstdint>
#include <stdexcept>
#include <string_view>

#include "pg/params.hpp"
#include "pg/result.hpp"
#include "pg/wire.hpp"

namespace citusbench {

/// A wrong answer; what() says with keys what is wrong. Thrown and caught within a checker, so that
/// right answers, which are nearly all, cost nothing extra.
class WrongAnswer : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// Values in PostgreSQL's binary format, of parameters and of results. A value of another size than
// the type has is a WrongAnswer.

template <typename Integer>
Integer integer_in(std::string_view bytes) {
    if (bytes.size() != sizeof(Integer)) throw WrongAnswer("a number in it has a wrong size");
    return pg::from_wire<Integer>(bytes.data());
}
inline std::int64_t int8_in(std::string_view bytes) {
    return integer_in<std::int64_t>(bytes);
}
inline double float8_in(std::string_view bytes) {
    return std::bit_cast<double>(integer_in<std::int64_t>(bytes));
}
/// Microseconds since the Unix epoch, UTC.
inline std::int64_t timestamp_in(std::string_view bytes) {
    return integer_in<std::int64_t>(bytes) + pg::postgres_epoch_us;
}

/// Parameter $1 is number 0.
inline std::string_view param_bytes(const pg::Params& params, int number) {
    return {params.values()[number], static_cast<std::size_t>(params.lengths()[number])};
}

/// Throws WrongAnswer where the answer has another number of columns.
inline void expect_columns(const pg::Result& result, int count) {
    if (result.columns() != count) throw WrongAnswer("it has a wrong number of columns");
}

} // namespace citusbench
