#include "run/row_check.hpp"

#include "core/sql_text.hpp"
#include "pg/client.hpp"

namespace citusbench {
namespace {

void recover_in_doubt(const Target& target, const StopFlag& stop) {
    if (target.deployment.engine != Engine::citus) return;
    std::vector<std::string> conninfos{target.deployment.entry_conninfo};
    if (target.cluster) {
        conninfos.clear();
        for (const auto& node : target.cluster->nodes())
            conninfos.push_back(target.cluster->conninfo(node));
    }
    for (const auto& conninfo : conninfos) {
        pg::Client client(conninfo, stop);
        client.query(std::string(sql_text("marker/recover.sql")));
    }
}

} // namespace

RowCheck check_rows(const Plan& plan, const Target& target, const RunIdentity& identity,
                    const RunRecord& record, const StopFlag& stop) {
    RowCheck check;
    const auto& kinds = plan.workload->operations();
    for (const auto& phase : record.phases) {
        for (std::size_t i = 0; i < kinds.size(); ++i) {
            const auto rows = static_cast<std::uint64_t>(kinds[i].rows);
            check.acknowledged += rows * phase.operations[i].count(Outcome::ok);
            check.unknown += rows * phase.operations[i].count(Outcome::unknown);
        }
    }
    try {
        recover_in_doubt(target, stop);
        pg::Client client(target.deployment.entry_conninfo, stop);
        const auto result =
            client.query(plan.workload->count_inserted_sql(), {std::to_string(identity.run)});
        check.found = static_cast<std::uint64_t>(result.integer(0, 0));
    } catch (const std::exception& error) { // Ctrl-C as well: what was measured must still be saved
        check.problem = error.what();
    }
    return check;
}

} // namespace citusbench
