#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace citusbench {

/// Replaces each ":name" of an SQL text by the value given for it, as it stands: the caller quotes.
/// "::type" is left alone. Throws std::logic_error for a placeholder without a value.
std::string fill_sql(std::string_view sql,
                     std::initializer_list<std::pair<std::string_view, std::string>> values);

/// fill_sql() of the embedded file sql/cluster/<name>.sql.
std::string
cluster_sql(std::string_view name,
            std::initializer_list<std::pair<std::string_view, std::string>> values = {});

} // namespace citusbench
