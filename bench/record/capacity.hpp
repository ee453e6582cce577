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

/// How the search was set up.
struct CapacitySettings {
    std::optional<double> start_rate; ///< none where it was found out
    double tolerance = 0;
    int max_probes = 0;
    double max_rate = 0;
    std::vector<std::string> faults;
};

/// How one search ended. Rates are operations per second.
struct CapacitySearchRecord {
    std::string name;       ///< "whole", "down" or "fault"
    std::string conditions; ///< "without worker2"; empty for the whole
    std::string outcome;    ///< "confirmed", "unconfirmed", "none" or "interrupted"
    std::optional<double> rate;
    std::optional<double> missed_rate;
    bool within_tolerance = false;
    bool largest_allowed_rate_held = false;
    int steps_down = 0;
    std::optional<double> held_once;
    int probes = 0;
    std::string confirming_probe;
    double client_cpu_share = 0;
    std::vector<std::string> client_warnings;
    bool client_was_the_limit = false;
};

/// What an overload did, and whether the latency came back.
struct CapacityOverload {
    struct Window {
        double from_s = 0; ///< since the end of the overload
        std::optional<double> p99_us;
        bool is_back = false;
        bool at_half = false; ///< at half of the rate, because it had not come back at all of it
    };

    double rate = 0;
    double overload_rate = 0;
    double overload_s = 0;
    double window_s = 0;
    std::optional<double> before_p99_us;
    std::optional<double> overload_p99_us;
    std::vector<Window> after;
    std::optional<double> back_after_s;
    std::optional<double> back_at_half_after_s;
    bool metastable = false;
};

/// What `citusbench capacity` looked for and tried.
struct CapacityRecord {
    std::string objective;            ///< "p99<20ms,failed<0.1%"
    std::vector<std::string> columns; ///< of capacity.csv after probe, rate and held
    std::vector<CapacityProbe> probes;
    CapacitySettings settings = {};
    std::optional<double> closed_loop_ok_per_s = {}; ///< from which the first rate was guessed
    std::vector<CapacitySearchRecord> searches = {}; ///< the whole first
    std::optional<double> ratio = {};                ///< of the second rate to the first
    std::optional<CapacityOverload> overload = {};
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
