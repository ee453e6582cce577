#include "workloads/spatial/operations.hpp"

#include <fmt/format.h>

#include "core/embedded_files.hpp"

namespace citusbench::spatial {
namespace {

OperationKind read(const char* name, double weight, const char* describes,
                   MergeRule merge_rule = MergeRule::by_key) {
    return {name,      false, weight,    std::string(sql_text(fmt::format("spatial/{}.sql", name))),
            describes, 0,     merge_rule};
}

OperationKind write(const char* name, double weight, const char* describes, int rows) {
    auto kind = read(name, weight, describes);
    kind.is_write = true;
    kind.rows = rows;
    return kind;
}

} // namespace

std::vector<OperationKind> operation_kinds() {
    return {
        read("radius_in_region", 30, "positions of a region within --radius metres of a point"),
        read("radius", 5, "positions within --radius metres of a point, on every shard",
             MergeRule::append),
        read("bbox_in_region", 20, "positions of a region in a box as large as the radius"),
        read("bbox", 5, "positions in a box as large as the radius, on every shard",
             MergeRule::append),
        read("position", 15, "the latest position of a vehicle in a region"),
        read("nearest", 5, "the 10 positions of a region nearest to a point"),
        read("geofence", 5, "positions in an octagon half as large as the radius, on every shard",
             MergeRule::append),
        write("insert", 15, "a new position", 1),
        write("insert_10", 0, "10 new positions of a region in one statement", 10),
        write("insert_100", 0, "100 new positions of a region in one statement", 100),
        read("latest_all", 0, "the latest position of each vehicle, a scan of everything",
             MergeRule::none),
        read("region_count", 0, "the number of positions by region, a scan of everything",
             MergeRule::append),
        read("last_7_days", 0, "the number of positions by region in the 7 days up to the load",
             MergeRule::append),
    };
}

} // namespace citusbench::spatial
