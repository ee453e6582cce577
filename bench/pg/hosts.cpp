#include "pg/hosts.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>

#include "core/error.hpp"

namespace citusbench::pg {
namespace {

/// An empty text is a list of one empty element.
std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    while (true) {
        const auto comma = text.find(',');
        parts.emplace_back(text.substr(0, comma));
        if (comma == std::string_view::npos) return parts;
        text.remove_prefix(comma + 1);
    }
}

std::vector<std::string> addresses_of(const std::string& name) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int error = getaddrinfo(name.c_str(), nullptr, &wanted, &found);
    if (error != 0)
        throw RunError(
            fmt::format("cannot resolve the host name {}: {}", name, gai_strerror(error)));
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(found, freeaddrinfo);
    std::vector<std::string> addresses;
    for (const auto* each = all.get(); each; each = each->ai_next) {
        std::array<char, NI_MAXHOST> text{};
        if (getnameinfo(each->ai_addr, each->ai_addrlen, text.data(), text.size(), nullptr, 0,
                        NI_NUMERICHOST) != 0)
            continue; // an address family that libpq could not use either
        const std::string address(text.data());
        if (std::find(addresses.begin(), addresses.end(), address) == addresses.end())
            addresses.push_back(address);
    }
    if (addresses.empty()) throw RunError(fmt::format("the host name {} has no address", name));
    return addresses;
}

/// As libpq takes lists: one element stands for all.
const std::string& element(const std::vector<std::string>& list, std::size_t i) {
    return list.size() == 1 ? list.front() : list.at(i);
}

bool is_folder(const std::string& host) {
    return host.empty() || host.front() == '/' || host.front() == '@';
}

std::string joined(const std::vector<Host>& hosts, std::string Host::*member) {
    std::string text;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        if (i > 0) text += ',';
        text += hosts[i].*member;
    }
    return text;
}

} // namespace

std::vector<Host> resolved_hosts(const Conninfo& conninfo) {
    const auto names = split(conninfo.get("host"));
    const auto addresses = split(conninfo.get("hostaddr"));
    const auto ports = split(conninfo.get("port"));
    const auto count = std::max(names.size(), addresses.size());
    const auto fits = [&](const std::vector<std::string>& list, bool one_will_do) {
        return list.size() == count || (list.size() == 1 && (one_will_do || list[0].empty()));
    };
    if (!fits(names, false) || !fits(addresses, false) || !fits(ports, true))
        throw std::invalid_argument("its lists of hosts, addresses and ports differ in length");
    std::vector<Host> hosts;
    for (std::size_t i = 0; i < count; ++i) {
        Host host{element(names, i), element(addresses, i), element(ports, i)};
        if (!host.address.empty() || is_folder(host.name)) {
            hosts.push_back(host);
            continue;
        }
        for (const auto& address : addresses_of(host.name)) {
            host.address = address;
            hosts.push_back(host);
        }
    }
    return hosts;
}

void set_hosts(Conninfo& conninfo, const std::vector<Host>& hosts) {
    conninfo.set("host", joined(hosts, &Host::name));
    conninfo.set("hostaddr", joined(hosts, &Host::address));
    conninfo.set("port", joined(hosts, &Host::port));
}

std::vector<Conninfo> host_rotations(const Conninfo& conninfo) {
    auto hosts = resolved_hosts(conninfo);
    std::vector<Conninfo> all;
    for (std::size_t i = 1; i < hosts.size(); ++i) {
        std::rotate(hosts.begin(), hosts.begin() + 1, hosts.end());
        all.push_back(conninfo);
        set_hosts(all.back(), hosts);
    }
    return all;
}

} // namespace citusbench::pg
