#include "pg/sqlstate.hpp"

#include <algorithm>
#include <array>

namespace citusbench::pg {
namespace {

/// Under one-phase commit these error results leave open whether a placement had committed:
/// a connection to a worker was lost, a worker shut down, the statement was cancelled, or Citus
/// reports an internal error of a worker.
bool leaves_commit_open(std::string_view sqlstate) {
    static constexpr std::array states = {std::string_view("57014"), std::string_view("57P01"),
                                          std::string_view("57P02"), std::string_view("57P05"),
                                          std::string_view("XX000")};
    if (sqlstate == "08001" || sqlstate == "08004") return false; // never got through to the worker
    return sqlstate.substr(0, 2) == "08" ||
           std::find(states.begin(), states.end(), sqlstate) != states.end();
}

/// The server itself says that it does not know how the transaction ended. PgBouncer uses a single
/// state for all its errors, including a lost server.
bool says_unknown(std::string_view sqlstate) {
    return sqlstate == "08007" || sqlstate == "40003" || sqlstate == "08P01";
}

Outcome classify_write(CompletionKind completion_kind, std::string_view sqlstate,
                       CommitProtocol protocol) {
    switch (completion_kind) {
    case CompletionKind::not_sent:
    case CompletionKind::pipeline_aborted:
        return Outcome::failed;
    case CompletionKind::connection_lost:
    case CompletionKind::deadline:
        return Outcome::unknown;
    case CompletionKind::batch_failed:
        if (protocol == CommitProtocol::one_phase) return Outcome::unknown;
        break; // with a SQLSTATE it is that of the common commit
    case CompletionKind::error_result:
        break;
    }
    if (says_unknown(sqlstate)) return Outcome::unknown;
    if (protocol != CommitProtocol::two_phase && leaves_commit_open(sqlstate))
        return Outcome::unknown;
    return Outcome::failed;
}

struct Condition {
    std::string_view sqlstate; ///< five characters, or the two of a class
    std::string_view name;
};

constexpr std::array conditions = {
    Condition{"08000", "connection_exception"},
    Condition{"08001", "sqlclient_unable_to_establish_sqlconnection"},
    Condition{"08003", "connection_does_not_exist"},
    Condition{"08006", "connection_failure"},
    Condition{"08007", "transaction_resolution_unknown"},
    Condition{"08P01", "protocol_violation"},
    Condition{"0A000", "feature_not_supported"},
    Condition{"22P02", "invalid_text_representation"},
    Condition{"23502", "not_null_violation"},
    Condition{"23503", "foreign_key_violation"},
    Condition{"23505", "unique_violation"},
    Condition{"23514", "check_violation"},
    Condition{"25006", "read_only_sql_transaction"},
    Condition{"26000", "invalid_sql_statement_name"},
    Condition{"40001", "serialization_failure"},
    Condition{"40003", "statement_completion_unknown"},
    Condition{"40P01", "deadlock_detected"},
    Condition{"42501", "insufficient_privilege"},
    Condition{"42601", "syntax_error"},
    Condition{"42703", "undefined_column"},
    Condition{"42883", "undefined_function"},
    Condition{"42P01", "undefined_table"},
    Condition{"53100", "disk_full"},
    Condition{"53200", "out_of_memory"},
    Condition{"53300", "too_many_connections"},
    Condition{"55000", "object_not_in_prerequisite_state"},
    Condition{"55P03", "lock_not_available"},
    Condition{"57014", "query_canceled"},
    Condition{"57P01", "admin_shutdown"},
    Condition{"57P02", "crash_shutdown"},
    Condition{"57P03", "cannot_connect_now"},
    Condition{"58030", "io_error"},
    Condition{"HV000", "fdw_error"},
    Condition{"HV00N", "fdw_unable_to_establish_connection"},
    Condition{"XX000", "internal_error"},
    Condition{"08", "connection_exception"},
    Condition{"22", "data_exception"},
    Condition{"23", "integrity_constraint_violation"},
    Condition{"25", "invalid_transaction_state"},
    Condition{"28", "invalid_authorization_specification"},
    Condition{"40", "transaction_rollback"},
    Condition{"42", "syntax_error_or_access_rule_violation"},
    Condition{"53", "insufficient_resources"},
    Condition{"54", "program_limit_exceeded"},
    Condition{"55", "object_not_in_prerequisite_state"},
    Condition{"57", "operator_intervention"},
    Condition{"58", "system_error"},
    Condition{"HV", "fdw_error"},
    Condition{"XX", "internal_error"},
};

} // namespace

Outcome classify(CompletionKind completion_kind, std::string_view sqlstate, bool is_write,
                 CommitProtocol protocol) {
    return is_write ? classify_write(completion_kind, sqlstate, protocol) : Outcome::failed;
}

std::string_view condition_name(CompletionKind completion_kind, std::string_view sqlstate) {
    switch (completion_kind) {
    case CompletionKind::pipeline_aborted:
        return "pipeline_aborted";
    case CompletionKind::batch_failed:
        if (sqlstate.empty()) return "batch_failed";
        break;
    case CompletionKind::connection_lost:
        return "connection_lost";
    case CompletionKind::deadline:
        return "deadline";
    case CompletionKind::not_sent:
        return "not_sent";
    case CompletionKind::error_result:
        break;
    }
    for (const auto& condition : conditions)
        if (condition.sqlstate == sqlstate) return condition.name;
    for (const auto& condition : conditions)
        if (condition.sqlstate == sqlstate.substr(0, 2)) return condition.name;
    return "error";
}

} // namespace citusbench::pg
