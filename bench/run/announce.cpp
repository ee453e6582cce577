#include "run/announce.hpp"

#include <fmt/format.h>

#include "core/quantity.hpp"

namespace citusbench {

void report_loaded(const PreparedSchema& schema, const StatusSink& report_status) {
    if (schema.load_seconds <= 0) return;
    report_status(
        fmt::format("loaded {} rows in {:.1f} s ({} rows/s), keys and indexes in {:.1f} s",
                    format_count(schema.rows_loaded), schema.load_seconds,
                    format_count(static_cast<std::uint64_t>(
                        static_cast<double>(schema.rows_loaded) / schema.load_seconds)),
                    schema.index_seconds),
        false);
}

void keep_cluster(const Plan& plan, RunTarget& target, const StatusSink& report_status) {
    if (!plan.keep || !target.cluster) return;
    target.cluster->keep();
    for (const auto& node : target.cluster->nodes())
        if (node.is_entry)
            report_status(
                fmt::format("the cluster stays; reach it with: psql \"{}\"; remove it with: "
                            "citusbench cluster down",
                            target.cluster->conninfo(node)),
                false);
}

} // namespace citusbench
