#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace citusbench::test {

/// What a null server answers; the bytes of each are made once, before the first connection.
enum class NullUnit : std::uint8_t {
    refusal,  ///< of TLS or GSSAPI: the client goes on without
    greeting, ///< trusted, parameters, back-end key, ready
    parsed,
    described, ///< a statement: one int4 parameter, one int4 column
    closed,
    row_text,             ///< an executed operation: bound, one row, complete
    row_binary,           ///< the same, its value in binary format
    row_described_text,   ///< the same, for a client that asked for the columns
    row_described_binary, ///< the same
    error,
    bound_error, ///< an error of the execution, after the bind and the columns went well
    ready,
    query_row,  ///< to a simple query: one row
    query_done, ///< to one that yields no rows
    query_empty,
};

/// The value of every row.
inline constexpr std::int32_t null_value = 1;
/// Of every error: a serialization failure.
inline constexpr std::string_view null_sqlstate = "40001";

std::string_view bytes_of(NullUnit unit);

/// A message of a started client; `type` 0 where the buffer does not hold a whole one yet.
struct NullMessage {
    char type = 0;
    std::string_view body;
    std::size_t size = 0; ///< with type and length
};
/// The message at the head of `bytes`. Throws std::runtime_error for one longer than 1 MiB.
NullMessage read_message(std::string_view bytes);

/// The request with which a connection begins; size 0 where it is not whole yet.
struct NullStartup {
    std::int32_t code = 0;
    std::size_t size = 0;
};
NullStartup read_startup(std::string_view bytes);
inline constexpr std::int32_t null_code_cancel = 80'877'102;
inline constexpr std::int32_t null_code_tls = 80'877'103;
inline constexpr std::int32_t null_code_gss = 80'877'104;

/// What matters of a Bind message.
struct NullBind {
    std::int64_t parameter = -1; ///< $1 as a number: text, int4 or int8; -1 where it is none
    bool binary = false;         ///< the format asked for the result
};
NullBind read_bind(std::string_view body);

/// What to answer to a simple query, without looking further than its first word.
NullUnit answer_to_query(std::string_view body);

} // namespace citusbench::test
