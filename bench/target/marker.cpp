#include "target/marker.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "core/embedded_files.hpp"

namespace citusbench {

std::optional<Marker> read_marker(pg::Client& client, const std::string& where) {
    const auto exists = client.query(std::string(sql_text("marker/exists.sql")));
    if (exists.integer(0, 0) == 0) return std::nullopt;
    if (exists.integer(0, 1) == 0)
        throw UsageError(
            fmt::format("the database at {} has a schema citusbench that citusbench did "
                        "not make (no table citusbench.marker), and it is left alone; "
                        "rename it, or point --dsn at another database",
                        where));
    const auto row = client.query(std::string(sql_text("marker/read.sql")));
    Marker marker;
    if (row.rows() == 0) return marker;
    marker.workload = row.text(0, 0);
    marker.scale = row.text(0, 1);
    marker.seed = static_cast<std::uint64_t>(row.integer(0, 2));
    marker.engine = row.text(0, 3);
    marker.replication = static_cast<int>(row.integer(0, 4));
    marker.shards = static_cast<int>(row.integer(0, 5));
    marker.load_time_us = row.integer(0, 6);
    marker.loaded = row.text(0, 7) == "t";
    marker.part = row.text(0, 8);
    return marker;
}

std::string difference_to_marker(const Marker& marker, const Plan& plan, const RunTarget& target) {
    if (!marker.loaded) return "a load that was not finished";
    if (marker.workload != plan.workload->name()) return "workload " + marker.workload;
    if (marker.scale != plan.workload->scale()) return marker.scale;
    if (marker.seed != plan.seed) return fmt::format("seed {}", marker.seed);
    if (marker.engine != name_of(target.deployment.engine)) return "engine " + marker.engine;
    if (marker.engine == "citus" && marker.replication != target.deployment.replication)
        return fmt::format("replication {}", marker.replication);
    return {};
}

std::string description_of(const Marker& marker) {
    auto text = fmt::format("{}, {}, seed {}, engine {}", marker.workload, marker.scale,
                            marker.seed, marker.engine);
    if (marker.engine == "citus") text += fmt::format(", replication {}", marker.replication);
    if (!marker.part.empty()) text += fmt::format(", part {}", marker.part);
    return marker.loaded ? text : text + ", a load that was not finished";
}

std::string options_for(const Marker& marker) {
    std::string options = "--workload " + marker.workload;
    std::string_view rest = marker.scale;
    while (!rest.empty()) {
        const auto word = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(word.size() + 1, rest.size()));
        const auto equals = word.find('=');
        if (equals == std::string_view::npos) continue;
        options += fmt::format(" --{} {}", word.substr(0, equals), word.substr(equals + 1));
    }
    return options + fmt::format(" --seed {}", marker.seed);
}

} // namespace citusbench
