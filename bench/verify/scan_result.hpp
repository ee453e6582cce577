#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "verify/bits.hpp"

namespace citusbench {

/// Offenders of a check: all are counted, the first are named.
struct Violations {
    static constexpr std::uint64_t max_named = 20;

    std::uint64_t count = 0;
    std::vector<std::string> named;

    /// `text()` is called for those that are named.
    template <typename Text>
    void add(Text text) {
        if (count++ < max_named) named.push_back(text());
    }
    /// Adds the offenders of another one; the two are disjoint.
    void append(const Violations& other) {
        count += other.count;
        for (const auto& text : other.named)
            if (named.size() < max_named) named.push_back(text);
    }
};

/// What one scan of the tables showed.
struct ScanResult {
    std::vector<Bits> loaded; ///< by table: the loaded rows that are there
    Bits inserted;            ///< the inserted rows that are there, by IssuedOperations::slot()
    Bits outdated;            ///< records of Updates whose acknowledged update is not there
    Violations duplicated;
    Violations unexpected; ///< rows that no operation issued, values of failed updates
    Violations corrupted;
    Violations
        misrouted; ///< rows in a cluster that does not own their key; not checked any further
    std::uint64_t rows = 0;
    std::uint64_t rows_of_other_runs = 0;
    std::uint64_t values_of_other_runs = 0; ///< of changeable columns, so not checked
    std::string problem;                    ///< why it did not come to its end; empty if it did
};

} // namespace citusbench
