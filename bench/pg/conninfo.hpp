#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace citusbench::pg {

/// The settings of a connection, as PQconnectStartParams takes them.
class Conninfo {
  public:
    Conninfo() = default;
    /// From a connection string or URI. Throws std::invalid_argument with libpq's message.
    static Conninfo parse(const std::string& text);

    void set(std::string keyword, std::string value);
    std::string get(std::string_view keyword) const;

    const char* const* keywords() const { return keywords_.data(); }
    const char* const* values() const { return values_.data(); }
    /// key=value form, quoted, password included: for libpq only.
    std::string to_string() const;
    /// For people and files: the password as ***.
    std::string masked() const;
    /// "host:port", or the socket's folder.
    std::string address() const;

    Conninfo(const Conninfo& other);
    Conninfo& operator=(const Conninfo& other);
    Conninfo(Conninfo&&) = default;
    Conninfo& operator=(Conninfo&&) = default;
    ~Conninfo() = default;

  private:
    void index();
    std::map<std::string, std::string, std::less<>> settings_;
    std::vector<const char*> keywords_{nullptr};
    std::vector<const char*> values_{nullptr};
};

} // namespace citusbench::pg
