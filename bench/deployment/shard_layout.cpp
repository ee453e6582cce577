#include "deployment/shard_layout.hpp"

#include "pg/sql_template.hpp"

namespace citusbench {

std::string layout_sql(Engine engine) {
    return cluster_sql("layout_" + std::string(name_of(engine)));
}

std::vector<PlacedShard> read_layout(const pg::Result& result) {
    std::vector<PlacedShard> layout;
    for (int row = 0; row < result.rows(); ++row) {
        const auto text = [&](int column) { return std::string(result.text(row, column)); };
        layout.push_back({text(0), text(1), text(2), text(3), text(4), text(5) == "t", text(6)});
    }
    return layout;
}

} // namespace citusbench
