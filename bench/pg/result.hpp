#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace citusbench::pg {

struct ResultDeleter {
    void operator()(PGresult* result) const { PQclear(result); }
};
struct ConnectionDeleter {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
using ResultPtr = std::unique_ptr<PGresult, ResultDeleter>;
using ConnectionPtr = std::unique_ptr<PGconn, ConnectionDeleter>;

/// A result, owned. integer() is for the text format.
class Result {
  public:
    explicit Result(PGresult* result) : result_(result) {}
    explicit Result(ResultPtr result) : result_(std::move(result)) {}

    int rows() const { return PQntuples(result_.get()); }
    int columns() const { return PQnfields(result_.get()); }
    bool is_null(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }
    std::string_view text(int row, int column) const {
        return {PQgetvalue(result_.get(), row, column),
                static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
    }
    std::int64_t integer(int row, int column) const; ///< throws RunError if it is none
    PGresult* get() const { return result_.get(); }

  private:
    ResultPtr result_;
};

/// One line: newlines become spaces, the severity prefix stays, and the value of any `password=` or
/// of a URI's user:password@ is masked.
std::string one_line(std::string_view message);

} // namespace citusbench::pg
