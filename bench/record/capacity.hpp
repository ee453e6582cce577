#pragma once

#include <optional>
#include <string>
#include <vector>

namespace citusbench {

/// A probe of a search for the largest rate: a row of capacity.csv.
struct CapacityProbe {
    std::string name; ///< search and number, "whole-3", "down-2", or "whole-confirm-1"
    double rate = 0;  ///< operations per second, as scheduled
    bool held = false;
    std::vector<std::optional<double>> values; ///< by CapacityRecord::columns
    double measured_s = 0;
    bool cut_short = false;          ///< it was certain to miss, so the rest was left out
    std::vector<std::string> missed; ///< in words: "p99 31.2 ms"
    double client_cpu = 0;           ///< share of the client's threads that was used
};

/// What `citusbench capacity` looked for and tried.
struct CapacityRecord {
    std::string objective;            ///< "p99<20ms,failed<0.1%"
    std::vector<std::string> columns; ///< of capacity.csv after probe, rate and held
    std::vector<CapacityProbe> probes;
};

/// Operations per second as capacity.csv has them: "1240", "0.5".
std::string capacity_rate_cell(double rate);

/// "whole-3          1,240/s  held    p99 14.2 ms  failed 0": a line for people.
std::string capacity_line(const CapacityRecord& capacity, const CapacityProbe& probe);

/// A column's name as people read it: "p99", "read.p99", "failed".
std::string capacity_column_text(const std::string& column);

/// A value of a column as people read it: "14.2 ms", "3", "–".
std::string capacity_value_text(const std::string& column, std::optional<double> value);

/// "held", "missed", "missed, cut short".
std::string capacity_verdict_text(const CapacityProbe& probe);

} // namespace citusbench
