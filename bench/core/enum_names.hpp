#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace citusbench {

template <typename Enum>
struct EnumName {
    Enum value;
    std::string_view name;
};

/// The names of an enumeration's values as files and messages have them. The table is the only
/// place that knows them, so writing and reading cannot disagree.
template <typename Enum, std::size_t N>
struct EnumNames {
    std::array<EnumName<Enum>, N> table;

    /// Throws std::logic_error for a value that the table lacks.
    constexpr std::string_view name_of(Enum value) const {
        for (const auto& each : table)
            if (each.value == value) return each.name;
        throw std::logic_error("an enumerator has no name");
    }
    /// Nothing for a name that is none of them.
    constexpr std::optional<Enum> parse(std::string_view name) const {
        for (const auto& each : table)
            if (each.name == name) return each.value;
        return std::nullopt;
    }
};

/// enum_names<Colour>({{Colour::red, "red"}, …})
template <typename Enum, std::size_t N>
constexpr EnumNames<Enum, N> enum_names(const EnumName<Enum> (&entries)[N]) {
    return {std::to_array(entries)};
}

} // namespace citusbench
