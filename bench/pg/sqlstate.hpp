#pragma once

#include <cstdint>
#include <string_view>

#include "core/outcome.hpp"

#include "core/enum_names.hpp"

namespace citusbench::pg {

/// How the cluster commits a write, which decides whether an error leaves the outcome unknown.
enum class CommitProtocol : std::uint8_t {
    two_phase, ///< Citus with replication > 1: an error result means that nothing was committed
    one_phase, ///< a placement commits by itself (Citus with replication 1, postgres_fdw): its
               ///< answer may be lost after the commit, and a batch under one sync is not atomic
    local,     ///< plain PostgreSQL: as one_phase, but a batch under one sync is one transaction
};
constexpr auto enum_names(CommitProtocol /*of*/) {
    return std::to_array<EnumName<CommitProtocol>>({{CommitProtocol::two_phase, "two_phase"},
                                                    {CommitProtocol::one_phase, "one_phase"},
                                                    {CommitProtocol::local, "local"}});
}
static_assert(names_each_value<CommitProtocol>(3));

/// How far an operation got that was not acknowledged.
enum class CompletionKind : std::uint8_t {
    error_result,     ///< the server answered with an error for this operation, or for its sync
    pipeline_aborted, ///< not executed, because an earlier one under the same sync failed
    batch_failed,    ///< executed well, but a later one under the same sync failed, or their commit
    connection_lost, ///< after the send, before the acknowledgement
    deadline,        ///< the client's own, after the send
    not_sent,        ///< refused or lost before anything was sent
};

/// The outcome of an operation that did not end in an acknowledgement. `sqlstate` matters for
/// error_result, and for batch_failed, where it is that of the common commit, if that failed. A
/// read is never unknown. Source: the table of outcomes in docs/ARCHITECTURE.md, measured on
/// PostgreSQL 15 and Citus 13.
Outcome classify(CompletionKind completion_kind, std::string_view sqlstate, bool is_write,
                 CommitProtocol protocol);

/// A short name for errors.csv: the condition name of PostgreSQL's Appendix A where it is a common
/// one, else the name of its class, else "error"; for endings without a SQLSTATE the ending itself.
std::string_view condition_name(CompletionKind completion_kind, std::string_view sqlstate);

} // namespace citusbench::pg
