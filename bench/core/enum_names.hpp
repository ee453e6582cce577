#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace citusbench {

/// A row of the table that names an enumeration's values. The table is a constexpr function beside
/// the enumeration, in the order in which people should read the names:
///
///     enum class Fruit { apple, pear };
///     constexpr auto enum_names(Fruit) {
///         return std::to_array<EnumName<Fruit>>({{Fruit::apple, "apple"}, {Fruit::pear, "pear"}});
///     }
///
/// With it, name_of(Fruit::pear) is "pear" and enum_named<Fruit>("pear") is Fruit::pear.
template <typename Enum>
struct EnumName {
    Enum value;
    std::string_view name;
};

template <typename Enum>
concept NamedEnum = requires(Enum value) {
    { enum_names(value)[0].name } -> std::convertible_to<std::string_view>;
};

/// Throws std::logic_error for a value without a row, which is a bug; does not compile with one
/// where the value is a constant.
template <NamedEnum Enum>
constexpr std::string_view name_of(Enum value) {
    for (const auto& row : enum_names(value))
        if (row.value == value) return row.name;
    throw std::logic_error("a value of an enumeration has no name");
}

/// Nothing for an unknown name: the caller knows where the name stands and must refuse it.
/// Names that are read but never written stand in a second table, old_enum_names(Enum).
template <NamedEnum Enum>
constexpr std::optional<Enum> enum_named(std::string_view name) {
    for (const auto& row : enum_names(Enum{}))
        if (row.name == name) return row.value;
    if constexpr (requires { old_enum_names(Enum{}); })
        for (const auto& row : old_enum_names(Enum{}))
            if (row.name == name) return row.value;
    return std::nullopt;
}

/// All names in the order of the table: "apple, pear".
template <NamedEnum Enum>
std::string names_of_enum(std::string_view separator = ", ") {
    std::string names;
    for (const auto& row : enum_names(Enum{})) {
        if (!names.empty()) names += separator;
        names += row.name;
    }
    return names;
}

/// For a static_assert beside the table: its first `count` values each have a row, and no name or
/// value comes twice.
template <NamedEnum Enum>
constexpr bool names_each_value(std::size_t count) {
    const auto rows = enum_names(Enum{});
    if (rows.size() != count) return false;
    for (std::size_t i = 0; i < count; ++i) {
        if (static_cast<std::size_t>(rows[i].value) >= count || rows[i].name.empty()) return false;
        for (std::size_t j = 0; j < i; ++j)
            if (rows[i].value == rows[j].value || rows[i].name == rows[j].name) return false;
    }
    return true;
}

} // namespace citusbench
