#pragma once

#include <libpq-fe.h>

#include <optional>
#include <string>
#include <vector>

#include "pg/result.hpp"

namespace citusbench::test {

using BinaryField = std::optional<std::string>;
using BinaryRow = std::vector<BinaryField>;

/// A result as a server would have sent it, in binary format.
inline pg::Result make_result(const std::vector<std::string>& columns,
                              const std::vector<BinaryRow>& rows) {
    pg::Result result(PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK));
    std::vector<PGresAttDesc> attributes;
    for (const auto& column : columns) {
        PGresAttDesc attribute{};
        attribute.name = const_cast<char*>(column.c_str()); // libpq copies it
        attribute.format = 1;
        attributes.push_back(attribute);
    }
    PQsetResultAttrs(result.get(), static_cast<int>(attributes.size()), attributes.data());
    for (int row = 0; row < static_cast<int>(rows.size()); ++row) {
        const auto& fields = rows[static_cast<std::size_t>(row)];
        for (int column = 0; column < static_cast<int>(fields.size()); ++column) {
            const auto& field = fields[static_cast<std::size_t>(column)];
            PQsetvalue(result.get(), row, column,
                       field ? const_cast<char*>(field->data()) : nullptr,
                       field ? static_cast<int>(field->size()) : -1);
        }
    }
    return result;
}

} // namespace citusbench::test
