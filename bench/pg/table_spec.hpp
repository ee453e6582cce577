#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace citusbench::pg {

/// A table of a workload, in a form that every engine can create.
struct TableSpec {
    std::string name; ///< unqualified; lives in the schema citusbench
    /// "create table :table ( … )" without keys and indexes, so that it may also be the parent of
    /// foreign partitions (which can have no unique index).
    std::string create_sql;
    /// Keys and indexes, one statement each, on :table; made after the load.
    std::vector<std::string> index_sql;
    std::string id_column = "id";    ///< bigint: row number + 1, or row_id() of an inserted row
    std::string distribution_column; ///< empty for a reference table
    bool text_key = false;           ///< the distribution column is text, otherwise bigint
    std::string colocated_with;      ///< another table's name, or empty
    /// Every node has all of it, so that it can be joined with any shard. Operations do not write
    /// it.
    bool is_reference = false;
    std::vector<std::string> copy_columns;
};

/// Reads a file of sql/ that describes a table: the text up to the first line "-- indexes" is
/// create_sql, every statement (ended by ";" at the end of a line) after it goes to index_sql.
void read_table_sql(std::string_view sql, TableSpec& table);

/// Replaces every ":table" by `name`.
std::string for_table(std::string_view sql, std::string_view name);

} // namespace citusbench::pg
