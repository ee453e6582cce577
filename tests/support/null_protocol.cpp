#include "support/null_protocol.hpp"

#include <strings.h>

#include <array>
#include <charconv>
#include <stdexcept>
#include <string>

#include "pg/wire.hpp"

namespace citusbench::test {
namespace {

using pg::from_wire;

constexpr std::size_t max_bytes = 1 << 20;

template <typename Integer>
std::string number(Integer value) {
    const auto bytes = pg::to_wire(value);
    return {bytes.begin(), bytes.end()};
}

std::string text(std::string_view value) {
    return std::string(value) + '\0';
}

std::string message(char type, const std::string& body) {
    return type + number(static_cast<std::int32_t>(body.size() + 4)) + body;
}

std::string parameter(std::string_view name, std::string_view value) {
    return message('S', text(name) + text(value));
}

const std::string idle = message('Z', "I");
const std::string bound = message('2', "");

std::string greeting() {
    return message('R', number(std::int32_t{0})) + parameter("server_version", "15.0 (null)") +
           parameter("server_encoding", "UTF8") + parameter("client_encoding", "UTF8") +
           parameter("DateStyle", "ISO, MDY") + parameter("integer_datetimes", "on") +
           parameter("standard_conforming_strings", "on") + parameter("TimeZone", "UTC") +
           message('K', number(std::int32_t{1}) + number(std::int32_t{1})) + idle;
}

std::string columns(bool binary) {
    constexpr std::int32_t int4_oid = 23;
    return message('T', number(std::int16_t{1}) + text("value") + number(std::int32_t{0}) +
                            number(std::int16_t{0}) + number(int4_oid) + number(std::int16_t{4}) +
                            number(std::int32_t{-1}) + number(static_cast<std::int16_t>(binary)));
}

std::string row(bool binary) {
    const auto value = binary ? number(null_value) : std::to_string(null_value);
    return message('D', number(std::int16_t{1}) + number(static_cast<std::int32_t>(value.size())) +
                            value) +
           message('C', text("SELECT 1"));
}

std::string error() {
    return message('E', text("SERROR") + text("VERROR") + "C" + text(null_sqlstate) +
                            text("Man error that the script asked for") + '\0');
}

std::array<std::string, 15> all_units() {
    const auto described = message('t', number(std::int16_t{1}) + number(std::int32_t{23}));
    return {"N",
            greeting(),
            message('1', ""),
            described + columns(false),
            message('3', ""),
            bound + row(false),
            bound + row(true),
            bound + columns(false) + row(false),
            bound + columns(true) + row(true),
            error(),
            bound + columns(true) + error(),
            idle,
            columns(false) + row(false) + idle,
            message('C', text("SET")) + idle,
            message('I', "") + idle};
}

const auto units = all_units();

/// Takes fixed-size values off the front of a message; throws where it ends too early.
class Reader {
  public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}
    void skip_text() { take(bytes_.find('\0') + 1); }
    template <typename Integer>
    Integer number() {
        return from_wire<Integer>(take(sizeof(Integer)).data());
    }
    std::string_view take(std::size_t size) {
        if (size == 0 || size > bytes_.size()) throw std::runtime_error("malformed Bind message");
        const auto taken = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return taken;
    }

  private:
    std::string_view bytes_;
};

std::int64_t value_of(std::string_view bytes, bool binary) {
    if (binary && bytes.size() == 4) return from_wire<std::int32_t>(bytes.data());
    if (binary && bytes.size() == 8) return from_wire<std::int64_t>(bytes.data());
    std::int64_t value = -1;
    if (!binary) std::from_chars(bytes.data(), bytes.data() + bytes.size(), value);
    return value;
}

} // namespace

std::string_view bytes_of(NullUnit unit) {
    return units[static_cast<std::size_t>(unit)];
}

NullMessage read_message(std::string_view bytes) {
    if (bytes.size() < 5) return {};
    const auto length = static_cast<std::size_t>(from_wire<std::int32_t>(bytes.data() + 1));
    if (length < 4 || length > max_bytes) throw std::runtime_error("malformed message");
    if (bytes.size() < length + 1) return {};
    return {bytes[0], bytes.substr(5, length - 4), length + 1};
}

NullStartup read_startup(std::string_view bytes) {
    if (bytes.size() < 8) return {};
    const auto length = static_cast<std::size_t>(from_wire<std::int32_t>(bytes.data()));
    if (length < 8 || length > max_bytes) throw std::runtime_error("malformed startup packet");
    if (bytes.size() < length) return {};
    return {from_wire<std::int32_t>(bytes.data() + 4), length};
}

NullBind read_bind(std::string_view body) {
    Reader reader(body);
    reader.skip_text(); // portal
    reader.skip_text(); // statement
    NullBind bind;
    bool binary = false;
    const auto formats = reader.number<std::int16_t>();
    for (int i = 0; i < formats; ++i) {
        const bool each = reader.number<std::int16_t>() == 1;
        if (i == 0) binary = each;
    }
    const auto values = reader.number<std::int16_t>();
    for (int i = 0; i < values; ++i) {
        const auto length = reader.number<std::int32_t>();
        const auto bytes =
            length > 0 ? reader.take(static_cast<std::size_t>(length)) : std::string_view();
        if (i == 0) bind.parameter = value_of(bytes, binary);
    }
    if (reader.number<std::int16_t>() > 0) bind.binary = reader.number<std::int16_t>() == 1;
    return bind;
}

NullUnit answer_to_query(std::string_view body) {
    const auto first = body.find_first_not_of(" \t\r\n;");
    if (first == std::string_view::npos || body[first] == '\0') return NullUnit::query_empty;
    return strncasecmp(body.data() + first, "select", 6) == 0 ? NullUnit::query_row
                                                              : NullUnit::query_done;
}

} // namespace citusbench::test
