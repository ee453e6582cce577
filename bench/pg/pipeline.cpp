#include "pg/pipeline.hpp"

#include <utility>

namespace citusbench::pg {
namespace {

/// Several syncs in one write, where libpq can: one system call then.
int queue_sync(PGconn* connection) {
#ifdef CITUSBENCH_HAS_SEND_PIPELINE_SYNC
    return PQsendPipelineSync(connection);
#else
    return PQpipelineSync(connection);
#endif
}

} // namespace

void Pipeline::fail(std::string message, std::string sqlstate) {
    failure_ = std::move(message);
    failure_sqlstate_ = std::move(sqlstate);
    connection_.reset();
    wants_write_ = false;
    state_ = State::closed;
}

Pipeline::Slot& Pipeline::pop() {
    Slot& slot = slots_[head_];
    head_ = head_ + 1 < slots_.size() ? head_ + 1 : 0;
    --in_flight_;
    return slot;
}

bool Pipeline::open(const Conninfo& conninfo, const std::vector<Statement>& statements) {
    statements_ = &statements;
    error_sqlstate_.clear();
    // As a string: in the other form an empty value counts as none, and libpq uses the
    // environment's.
    connection_.reset(PQconnectStart(conninfo.to_string().c_str()));
    if (!connection_) throw std::bad_alloc();
    if (has_ended()) {
        fail(one_line(PQerrorMessage(connection_.get())));
        return false;
    }
    PQsetNoticeReceiver(
        connection_.get(),
        [](void* self, const PGresult*) { ++static_cast<Pipeline*>(self)->notices_; }, this);
    state_ = State::connecting;
    polling_ = PGRES_POLLING_WRITING;
    wants_write_ = true;
    return true;
}

void Pipeline::advance_connecting() {
    polling_ = PQconnectPoll(connection_.get());
    wants_write_ = polling_ == PGRES_POLLING_WRITING;
    if (polling_ == PGRES_POLLING_FAILED) fail(one_line(PQerrorMessage(connection_.get())));
    if (polling_ == PGRES_POLLING_OK) send_prepares();
}

void Pipeline::send_prepares() {
    auto* connection = connection_.get();
    bool sent = PQsetnonblocking(connection, 1) == 0 && PQenterPipelineMode(connection) == 1;
    for (const auto& statement : *statements_) {
        if (statement.sql.empty() || statement.name.empty()) continue;
        sent = sent && PQsendPrepare(connection, statement.name.c_str(), statement.sql.c_str(), 0,
                                     nullptr) == 1;
    }
    if (!sent || PQpipelineSync(connection) != 1) {
        fail(one_line(PQerrorMessage(connection)));
        return;
    }
    state_ = State::preparing;
    flush();
}

void Pipeline::receive_prepared() {
    while (state_ == State::preparing && !PQisBusy(connection_.get())) {
        const Result result(PQgetResult(connection_.get()));
        if (!result.get()) {
            if (has_ended()) break;
            continue;
        }
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_FATAL_ERROR) {
            remember_error(result.get());
            fail(error_message_, error_sqlstate_);
            return;
        }
        if (status == PGRES_PIPELINE_SYNC) state_ = State::ready;
    }
    if (state_ == State::preparing && has_ended())
        fail(one_line(PQerrorMessage(connection_.get())));
}

bool Pipeline::send(std::size_t statement, const Params& params, bool keep) {
    const auto& [name, sql] = (*statements_)[statement];
    const int sent =
        name.empty() ? PQsendQueryParams(connection_.get(), sql.c_str(), params.count(), nullptr,
                                         params.values(), params.lengths(), Params::formats(), 1)
                     : PQsendQueryPrepared(connection_.get(), name.c_str(), params.count(),
                                           params.values(), params.lengths(), Params::formats(), 1);
    if (sent != 1) {
        fail(one_line(PQerrorMessage(connection_.get())));
        return false;
    }
    Slot& next = slot(in_flight_);
    next.status = Status::waiting;
    next.last_in_batch = false;
    next.keep = keep;
    next.rows = 0;
    ++in_flight_;
    return true;
}

bool Pipeline::end_batch() {
    slot(in_flight_ - 1).last_in_batch = true;
    if (queue_sync(connection_.get()) == 1) return true;
    fail(one_line(PQerrorMessage(connection_.get())));
    return false;
}

bool Pipeline::flush_queued() {
    flush();
    return !has_ended(); // the flush may have found the connection gone
}

void Pipeline::flush() {
    // A failed write is not the end: libpq reports it when the input is drained, and the server's
    // last messages may still be there.
    wants_write_ = PQflush(connection_.get()) == 1;
}

void Pipeline::take_input() {
    // A failure shows in PQstatus, which on_event() looks at after it took what had arrived.
    (void)PQconsumeInput(connection_.get());
}

void Pipeline::remember_error(const PGresult* result) {
    const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    error_sqlstate_ = sqlstate ? sqlstate : "";
    error_message_ = one_line(PQresultErrorMessage(result));
}

bool Pipeline::take_result(ResultPtr& result) {
    if (!result) {
        // The end of one operation's results. After a failed sync there is one more, which belongs
        // to no operation.
        const bool has_result = answered_ < in_flight_ && slot(answered_).status != Status::waiting;
        if (has_result) ++answered_;
        return false;
    }
    switch (PQresultStatus(result.get())) {
    case PGRES_PIPELINE_SYNC:
        return true;
    case PGRES_TUPLES_OK:
        slot(answered_).rows = static_cast<std::uint32_t>(PQntuples(result.get()));
        slot(answered_).status = Status::ok;
        if (slot(answered_).keep) slot(answered_).result = std::move(result);
        return false;
    case PGRES_PIPELINE_ABORTED:
        slot(answered_).status = Status::aborted;
        return false;
    case PGRES_FATAL_ERROR:
        break;
    default:
        slot(answered_).status = Status::ok;
        return false;
    }
    if (!PQresultErrorField(result.get(), PG_DIAG_SQLSTATE))
        return false; // libpq's own: connection lost
    remember_error(result.get());
    batch_failed_ = true;
    // With every operation of the batch answered, the error is the commit's.
    if (answered_ > 0 && slot(answered_ - 1).last_in_batch) {
        sync_failed_ = true;
        is_shared_sync_ = answered_ > 1;
    } else {
        slot(answered_).status = Status::error;
    }
    return false;
}

Reply Pipeline::reply_for(Slot& slot) const {
    switch (slot.status) {
    case Status::aborted:
        return {false, CompletionKind::pipeline_aborted, 0, "", error_message_, nullptr};
    case Status::error:
        return {false, CompletionKind::error_result, 0, error_sqlstate_, error_message_, nullptr};
    case Status::ok:
        // With several operations under one sync it is unknown whose commit failed.
        if (sync_failed_)
            return {false,
                    is_shared_sync_ ? CompletionKind::batch_failed : CompletionKind::error_result,
                    0,
                    error_sqlstate_,
                    error_message_,
                    nullptr};
        if (batch_failed_)
            return {false, CompletionKind::batch_failed, 0, "", error_message_, nullptr};
        return {true, CompletionKind::error_result, slot.rows, {}, {}, &slot.result};
    case Status::waiting:
        break;
    }
    // A sync that answers an operation without a result would be a bug of libpq's bookkeeping or
    // ours; it is not an acknowledgement.
    return {false, CompletionKind::connection_lost, 0, "", "no result before the sync", nullptr};
}

} // namespace citusbench::pg
