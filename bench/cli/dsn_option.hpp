#pragma once

#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include "core/error.hpp"
#include "pg/conninfo.hpp"
#include "pg/result.hpp"

namespace citusbench {

/// Throws UsageError for a --dsn that libpq cannot read.
inline void check_dsn(const std::string& dsn) {
    try {
        // libpq looks at the port when it connects, and at nothing but digits and commas then.
        const auto port = pg::Conninfo::parse(dsn).get("port");
        if (port.find_first_not_of("0123456789,") != std::string::npos)
            throw std::invalid_argument(fmt::format("port \"{}\" is no number", port));
    } catch (const std::invalid_argument& error) {
        throw UsageError(fmt::format("--dsn {}: {}; write it as psql accepts it", pg::one_line(dsn),
                                     error.what()));
    }
}

} // namespace citusbench
