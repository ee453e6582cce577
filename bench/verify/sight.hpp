#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "verify/bits.hpp"

namespace citusbench {

/// Offenders of a check: all are counted, the first are named.
struct Finding {
    static constexpr std::uint64_t most_named = 20;

    std::uint64_t count = 0;
    std::vector<std::string> named;

    /// `text()` is called for those that are named.
    template <typename Text>
    void add(Text text) {
        if (count++ < most_named) named.push_back(text());
    }
    /// Those of another finding, which are others.
    void append(const Finding& other) {
        count += other.count;
        for (const auto& text : other.named)
            if (named.size() < most_named) named.push_back(text);
    }
};

/// What one look at the tables showed.
struct Sight {
    std::vector<Bits> loaded; ///< by table: the loaded rows that are there
    Bits inserted;            ///< the inserted rows that are there, by Issued::slot()
    Bits outdated;            ///< records of Updates whose acknowledged update is not there
    Finding duplicated;
    Finding unexpected; ///< rows that no operation issued, values of failed updates
    Finding corrupted;
    Finding wrong_side; ///< rows in a cluster that does not own their key; not judged any further
    std::uint64_t rows = 0;
    std::uint64_t rows_of_other_runs = 0;
    std::uint64_t values_of_other_runs = 0; ///< of changeable columns, so not judged
    std::string problem;                    ///< why it did not come to its end; empty if it did
};

} // namespace citusbench
