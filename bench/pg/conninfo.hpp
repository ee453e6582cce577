#pragma once

#include <libpq-fe.h>

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

namespace citusbench::pg {

/// The settings of a connection.
class Conninfo {
  public:
    /// From a connection string or URI. Throws std::invalid_argument with libpq's message.
    static Conninfo parse(const std::string& text);
    /// Those of a connection, with what came from the environment, service files and defaults.
    static Conninfo of(PGconn* connection);

    void set(std::string keyword, std::string value);
    std::string get(std::string_view keyword) const;

    /// The same settings, at another address.
    Conninfo at(std::string host, std::string port) const;

    Conninfo without(std::initializer_list<std::string_view> keywords) const;

    /// key=value form, quoted, password included: for libpq only.
    std::string to_string() const;
    /// For people and files: the password as ***.
    std::string masked() const;
    bool names_several_hosts() const {
        return get("host").find(',') != std::string::npos ||
               get("hostaddr").find(',') != std::string::npos;
    }
    /// "host:port", or the socket's folder.
    std::string address() const;

  private:
    std::map<std::string, std::string, std::less<>> settings_;
};

} // namespace citusbench::pg
