#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace citusbench {

/// The header lines of a run's CSV files. Scripts and notebooks are built on the order and the
/// names: columns are only ever added, at the end.
inline constexpr std::string_view summary_header =
    "run,workload,topology,engine,replication,scale,seed,mix,key_distribution,connections,"
    "pipeline,batch,rate_target,phase,operation,key_group,entry,phase_s,scheduled,ok,failed,"
    "unknown,skipped,ok_per_s,response_mean_us,response_p50_us,response_p90_us,response_p95_us,"
    "response_p99_us,response_p999_us,response_max_us,service_mean_us,service_p50_us,"
    "service_p90_us,service_p95_us,service_p99_us,service_p999_us,service_max_us";

inline constexpr std::string_view timeline_header =
    "elapsed_s,phase,operation,key_group,entry,scheduled,ok,failed,unknown,skipped,"
    "response_p50_us,response_p99_us,response_max_us,service_p50_us,service_p99_us,service_max_us";

inline constexpr std::string_view histogram_header =
    "phase,operation,key_group,entry,outcome,clock,from_us,to_us,count";

inline constexpr std::string_view events_header = "elapsed_s,kind,subject,detail";

inline constexpr std::string_view errors_header =
    "phase,operation,outcome,sqlstate,condition,node,count,first_elapsed_s,last_elapsed_s,sample";

inline constexpr std::string_view recovery_header =
    "fault,kind,nodes,confirmed_s,healed_s,operation,key_group,scheduled,ok,failed,unknown,skipped,"
    "time_to_first_error_ms,unavailable_ms,time_to_first_ok_ms,worst_operation_ms,"
    "worst_operation_censored,time_to_baseline_ms,time_to_redundancy_ms";

inline constexpr std::string_view monitor_header = "elapsed_s,node,metric,value";

inline constexpr std::string_view suite_header =
    "suite,condition,node,operation,concurrency,scheduled,ok,failed,unknown,skipped,rows,elapsed_s,"
    "ok_per_s,service_min_us,service_mean_us,service_p50_us,service_p95_us,service_max_us";

/// Behind it the columns of summary.csv that the objective names.
inline constexpr std::string_view capacity_header = "probe,rate,held";

inline constexpr std::string_view verify_header = "check,verdict,count,detail";

/// A field of a CSV line after RFC 4180: quoted where it holds a comma, a quote or a line break.
std::string csv_field(std::string_view text);

/// The fields with commas between them and a newline (LF) at the end.
std::string csv_line(std::span<const std::string> fields);

/// A number with a fixed count of decimals; empty for nothing and for what is not finite, because a
/// value that does not exist is an empty cell. Never "-0".
std::string csv_number(std::optional<double> value, int decimals);

/// Splits one complete CSV record that begins at `at`, and moves `at` behind its line end. Returns
/// nothing when a quote is left open or stands in the wrong place.
std::optional<std::vector<std::string>> split_csv_record(std::string_view text, std::size_t& at);

} // namespace citusbench
