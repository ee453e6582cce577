#include <netdb.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "observe/cluster_status.hpp"
#include "os/http_client.hpp"
#include "os/pidfd.hpp"
#include "os/run_command.hpp"
#include "pg/client.hpp"
#include "pg/conninfo.hpp"
#include "service/service_kinds.hpp"

namespace citusbench {
namespace {

using ParsedJson = nlohmann::json;
using namespace std::chrono_literals;

constexpr auto discovery_timeout = 3s;

struct Address {
    std::string host;
    std::uint16_t port = 0;
};

/// "host:port", with the option that it was given by.
Address address_in(const std::string& option, const std::string& text) {
    const auto colon = text.rfind(':');
    Address address;
    if (colon != std::string::npos) {
        const auto* begin = text.data() + colon + 1;
        const auto* end = text.data() + text.size();
        const auto parsed = std::from_chars(begin, end, address.port);
        if (parsed.ec == std::errc{} && parsed.ptr == end && address.port > 0 && colon > 0) {
            address.host = text.substr(0, colon);
            return address;
        }
    }
    throw UsageError(fmt::format("--{} {}: use HOST:PORT", option, text));
}

std::string ask(const std::string& option, const Address& address, const std::string& path) {
    const auto answer = ask_http({address.host, address.port, path, ""}, discovery_timeout);
    if (!answer)
        throw RunError(
            fmt::format("--{} {}:{}: no answer there", option, address.host, address.port));
    return answer->body;
}

/// "http://10.0.0.1:8008/patroni" → 8008.
std::uint16_t port_of_url(const std::string& url) {
    const auto scheme = url.find("//");
    const auto colon = url.find(':', scheme == std::string::npos ? 0 : scheme);
    return colon == std::string::npos
               ? std::uint16_t{0}
               : static_cast<std::uint16_t>(std::strtoul(url.c_str() + colon + 1, nullptr, 10));
}

ManifestNode patroni_member(const ParsedJson& member) {
    ManifestNode result;
    auto& node = result.node;
    node.name = member.at("name").get<std::string>();
    node.kind = NodeKind::patroni;
    node.role = Role::coordinator;
    node.host = node.inner_host = member.at("host").get<std::string>();
    node.port = node.server_port = member.at("port").get<std::uint16_t>();
    node.more_ports = {port_of_url(member.at("api_url").get<std::string>())};
    return result;
}

std::vector<ManifestNode> ask_patroni(const std::string& text) {
    const auto address = address_in("patroni", text);
    const auto document = ParsedJson::parse(ask("patroni", address, "/cluster"), nullptr, false);
    std::vector<ManifestNode> members;
    try {
        for (const auto& member : document.at("members")) members.push_back(patroni_member(member));
    } catch (const ParsedJson::exception& error) {
        throw RunError(fmt::format("--patroni {}: the answer does not come from Patroni: {}", text,
                                   error.what()));
    }
    return members;
}

bool is_of_this_machine(const std::string& host) {
    if (host == "localhost" || host.starts_with("127.") || host == "::1" || host.starts_with('/'))
        return true;
    std::array<char, 256> name{};
    return gethostname(name.data(), name.size() - 1) == 0 && host == name.data();
}

/// The container that publishes this port, by its name.
std::string container_at(std::uint16_t port) {
    const auto docker = find_program("docker");
    if (docker.empty()) return {};
    // An engine that does not run has no containers.
    const auto names = output_of({docker.string(), "ps", "--filter",
                                  "publish=" + std::to_string(port), "--format", "{{.Names}}"});
    return names.substr(0, names.find('\n'));
}

/// pg_ctl refuses to run as root.
std::string as_owner_of(const std::filesystem::path& directory) {
    struct stat info {};
    if (geteuid() != 0 || stat(directory.c_str(), &info) != 0 || info.st_uid == 0) return {};
    const auto* owner = getpwuid(info.st_uid);
    return owner ? fmt::format("runuser -u {} -- ", owner->pw_name) : std::string();
}

/// A server that runs on this machine in the directory that it names.
bool find_process(const Manifest& manifest, ManifestNode& node) {
    const StopFlag no_stop;
    try {
        pg::Client client(manifest.conninfo(node.node), no_stop);
        const std::filesystem::path directory(client.query("show data_directory").text(0, 0));
        const auto processes = find_processes(std::array{directory});
        const auto root = std::find_if(processes.begin(), processes.end(),
                                       [](const FoundProcess& each) { return each.is_root; });
        if (root == processes.end()) return false;
        node.control.by = ManifestControl::By::process;
        node.control.directory = directory;
        node.control.commands["start"] =
            fmt::format("{}{} start --wait --silent --log={}/citusbench.log --pgdata={}",
                        as_owner_of(directory), (root->program.parent_path() / "pg_ctl").string(),
                        directory.string(), directory.string());
        return true;
    } catch (const RunError&) {
        return false; // without the right to connect, the user writes the control
    }
}

bool resolves(const std::string& host) {
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), nullptr, nullptr, &found) != 0) return false;
    freeaddrinfo(found);
    return true;
}

void find_control(const Manifest& manifest, ManifestNode& node) {
    auto& place = node.node;
    const bool is_here = is_of_this_machine(place.host);
    // Containers use names that are known only in their network.
    if (!is_here && resolves(place.host)) return;
    if (const auto container = container_at(place.port); !container.empty()) {
        node.control.by = ManifestControl::By::container;
        node.control.container = container;
        if (!is_here) place.inner_host = std::exchange(place.host, "127.0.0.1");
    } else if (is_here && place.kind == NodeKind::postgres) {
        find_process(manifest, node);
    }
}

/// The settings that do not name a place, and no password.
std::string common_settings(const pg::Conninfo& entry) {
    return entry.without({"host", "hostaddr", "port", "password"}).to_string();
}

} // namespace

Manifest discover_manifest(const std::string& dsn, const DiscoveryHints& hints) {
    auto members = hints.patroni.empty() ? std::vector<ManifestNode>() : ask_patroni(hints.patroni);
    const auto found = discover(dsn);
    const auto entry = pg::Conninfo::parse(found.nodes.front().conninfo);
    Manifest manifest;
    manifest.connection = common_settings(entry);
    const bool entry_is_balancer = !hints.haproxy.empty();
    if (members.empty()) {
        ManifestNode first;
        first.node = found.nodes.front().node;
        first.node.is_entry = !entry_is_balancer;
        members.push_back(std::move(first));
    }
    manifest.nodes = std::move(members);
    for (const auto& each : found.nodes)
        if (each.node.role == Role::worker) manifest.nodes.push_back({each.node, {}});
    if (entry_is_balancer) {
        const auto statistics = address_in("haproxy", hints.haproxy);
        ask("haproxy", statistics, "/;csv");
        ManifestNode balancer;
        balancer.node.name = "lb";
        balancer.node.kind = NodeKind::haproxy;
        balancer.node.role = Role::balancer;
        balancer.node.host = entry.get("host");
        balancer.node.port = static_cast<std::uint16_t>(std::stoi(entry.get("port")));
        balancer.node.more_ports = {statistics.port};
        balancer.node.is_entry = true;
        manifest.nodes.push_back(std::move(balancer));
    }
    const auto is_entry = [](const ManifestNode& each) { return each.node.is_entry; };
    if (std::none_of(manifest.nodes.begin(), manifest.nodes.end(), is_entry))
        manifest.nodes.front().node.is_entry = true;
    for (auto& node : manifest.nodes) find_control(manifest, node);
    return manifest;
}

} // namespace citusbench
