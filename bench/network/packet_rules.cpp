#include "network/packet_rules.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "os/run_command.hpp"

namespace citusbench {
namespace {

namespace fs = std::filesystem;

const StopFlag no_stop; // these commands take milliseconds, and an incomplete change would be worse
constexpr CommandLimits rule_limits{
    std::chrono::seconds(30),
    "something else holds the lock of the packet rules (/run/xtables.lock); "
    "end it, then `citusbench cluster heal`"};

fs::path find_program(const std::string& name) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(path ? path : "");
    for (std::string folder; std::getline(folders, folder, ':');) {
        auto program = fs::path(folder) / name;
        if (!folder.empty() && access(program.c_str(), X_OK) == 0) return program;
    }
    return {};
}

bool succeeds(const std::vector<std::string>& args) {
    Command command;
    command.args = args;
    command.directory = "/";
    return run_command(command, no_stop, rule_limits).exit_code == 0;
}

/// Waits for a lock that other users of iptables hold for a moment.
std::vector<std::string> iptables(const std::string& program, std::vector<std::string> args) {
    args.insert(args.begin(), {program, "-w", "5"});
    return args;
}

/// What follows the chain's name.
std::vector<std::string> iptables_rule(std::uint16_t port, const std::string& id) {
    return {"-i", "lo",      "-p",        "tcp", "-m", "multiport", "--ports", std::to_string(port),
            "-m", "comment", "--comment", id,    "-j", "DROP"};
}

std::vector<std::string> iptables_change(const std::string& program, const char* change,
                                         std::uint16_t port, const std::string& id) {
    auto args = iptables(program, {change, "INPUT"});
    const auto rule = iptables_rule(port, id);
    args.insert(args.end(), rule.begin(), rule.end());
    return args;
}

std::string nft_table(const std::string& id, std::uint16_t port) {
    return fmt::format("table ip {}_{}", id, port);
}

/// A packet on loopback passes the hook `input` in both directions. Dropped at `output`, it would
/// not be lost silently: the kernel would report that to the sender.
std::string nft_script(const std::string& id, std::uint16_t port) {
    const auto table = nft_table(id, port).substr(sizeof "table ip");
    return fmt::format("add table ip {0}; add chain ip {0} cut "
                       "{{ type filter hook input priority -300; policy accept; }}; "
                       "add rule ip {0} cut iifname \"lo\" tcp dport {1} drop comment \"{2}\"; "
                       "add rule ip {0} cut iifname \"lo\" tcp sport {1} drop comment \"{2}\"; ",
                       table, port, id);
}

bool nft_works(const std::string& program) {
    // One transaction, so it never takes effect. Nothing is sent to or from port 0.
    const auto id = fmt::format("citusbench_probe_{}", getpid());
    return succeeds({program, nft_script(id, 0) + "delete " + nft_table(id, 0)});
}

bool iptables_works(const std::string& program) {
    const auto chain = fmt::format("citusbench_{}", getpid());
    if (!succeeds(iptables(program, {"-N", chain}))) return false;
    auto rule = iptables_rule(1, chain);
    rule.insert(rule.begin(), {"-A", chain});
    const bool added = succeeds(iptables(program, rule));
    rule[0] = "-D";
    if (added) succeeds(iptables(program, rule));
    return succeeds(iptables(program, {"-X", chain})) && added;
}

std::uint64_t fnv1a(const std::string& text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3;
    }
    return hash;
}

/// What stands in the file: the tool, its program, and the ports.
struct Record {
    PacketTool tool;
    std::vector<std::uint16_t> ports;
};

Record read_record(const fs::path& file) {
    Record record;
    std::ifstream in(file);
    std::string program;
    std::getline(in, record.tool.name);
    std::getline(in, program);
    record.tool.program = program;
    for (std::uint16_t port = 0; in >> port;) record.ports.push_back(port);
    return record;
}

void write_record(const fs::path& file, const Record& record) {
    if (record.ports.empty()) {
        fs::remove(file);
        return;
    }
    std::ofstream out(file);
    out << record.tool.name << '\n' << record.tool.program.string() << '\n';
    for (const auto port : record.ports) out << port << '\n';
    out.flush();
    if (!out) throw RunError(fmt::format("cannot write {}", file.string()));
}

void run(const fs::path& log, std::vector<std::string> args) {
    Command command;
    command.args = std::move(args);
    command.directory = "/";
    command.log = log;
    run_all({command}, no_stop, rule_limits);
}

/// False if it is not there. Throws RunError if that cannot be found out.
bool has_rule(const PacketTool& tool, std::uint16_t port, const std::string& id) {
    const auto program = tool.program.string();
    const bool is_nft = tool.name == "nft";
    if (succeeds(is_nft ? std::vector<std::string>{program, "list " + nft_table(id, port)}
                        : iptables_change(program, "-C", port, id)))
        return true;
    if (!succeeds(is_nft ? std::vector<std::string>{program, "list tables"}
                         : iptables(program, {"-S", "INPUT"})))
        throw RunError(fmt::format(
            "{} cannot read the packet rules, one of which drops port {} ({}); try again as root",
            program, port, id));
    return false;
}

} // namespace

PacketTool find_packet_tool() {
    std::vector<std::string> found;
    for (const auto* name : {"nft", "iptables"}) {
        const auto program = find_program(name);
        if (program.empty()) continue;
        if (std::string_view(name) == "nft" ? nft_works(program.string())
                                            : iptables_works(program.string()))
            return {name, program, ""};
        found.push_back(program.string());
    }
    if (found.empty()) return {"", "", "there is neither nft nor iptables in PATH"};
    return {"", "",
            fmt::format("{} may not change packet rules here (root or CAP_NET_ADMIN is needed)",
                        fmt::join(found, " or "))};
}

PacketRules::PacketRules(const fs::path& folder)
    : file_(folder / "packet_rules"), log_(folder / "packet_rules.log"),
      id_(fmt::format("citusbench_{:016x}", fnv1a(folder.string()))) {}

std::vector<std::uint16_t> PacketRules::dropped() const {
    return read_record(file_).ports;
}

void PacketRules::drop(const PacketTool& tool, const std::vector<std::uint16_t>& ports) {
    auto record = read_record(file_);
    std::vector<std::uint16_t> added;
    for (const auto port : ports)
        if (std::find(record.ports.begin(), record.ports.end(), port) == record.ports.end())
            added.push_back(port);
    record.tool = tool;
    record.ports.insert(record.ports.end(), added.begin(), added.end());
    write_record(file_, record); // first: a rule without its note could never be removed
    try {
        std::string script;
        for (const auto port : added) script += nft_script(id_, port);
        if (tool.name == "nft" && !added.empty()) run(log_, {tool.program.string(), script});
        if (tool.name == "iptables")
            for (const auto port : added)
                run(log_, iptables_change(tool.program.string(), "-I", port, id_));
    } catch (const RunError&) {
        remove(added);
        throw;
    }
}

void PacketRules::remove(const std::vector<std::uint16_t>& ports) {
    auto record = read_record(file_);
    const auto program = record.tool.program.string();
    for (const auto port : ports) {
        if (std::find(record.ports.begin(), record.ports.end(), port) == record.ports.end())
            continue;
        while (has_rule(record.tool, port, id_))
            run(log_, record.tool.name == "nft"
                          ? std::vector<std::string>{program, "delete " + nft_table(id_, port)}
                          : iptables_change(program, "-D", port, id_));
        std::erase(record.ports, port);
        write_record(file_, record);
    }
}

} // namespace citusbench
