// Instructions of the client per operation, by the part they belong to, counted by callgrind: of a
// worker, and of the barest loop of libpq and epoll (see perf_floor). The kernel's are not in it.
// Needs valgrind.
//
//   perf_instructions [seconds]
//
// Counted is the thread of load alone: what the main thread does ten times a second would weigh too
// much, because callgrind makes everything slower but the clock. With the arguments `own|floor
// CONNINFO CONNECTIONS PIPELINE SECONDS` it is the client and prints how many operations it did;
// `callgrind_annotate` shows more of such a run.
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "perf/support/floor.hpp"
#include "perf/support/process.hpp"
#include "support/null_server.hpp"

using namespace citusbench;
using perf::Case;

namespace {

using Parts = std::map<std::string, double>; ///< instructions by part of the program

std::string part_of(const std::string& object) {
    const auto name = std::filesystem::path(object).filename().string();
    if (name.starts_with("perf_instructions")) return "own";
    if (name.starts_with("libpq")) return "libpq";
    if (name.starts_with("libc.")) return "C library";
    return "other";
}

/// Sums the lines of callgrind's format that carry a cost of their own; a line after `calls=` is
/// what was spent in the function called, which has lines of its own.
Parts read_profile(const std::filesystem::path& file) {
    Parts parts;
    std::map<std::string, std::string> names; // by number, as they are abbreviated
    std::string object;
    std::ifstream in(file);
    bool is_call = false;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("ob=")) {
            const auto end = line.find(')') + 1;
            const auto number = line.substr(3, end - 3);
            if (end + 1 < line.size()) names[number] = line.substr(end + 1);
            object = names[number];
        } else if (line.starts_with("cob=")) {
            const auto end = line.find(')') + 1;
            if (end + 1 < line.size()) names[line.substr(4, end - 4)] = line.substr(end + 1);
        } else if (line.starts_with("calls=")) {
            is_call = true;
        } else if (!line.empty() &&
                   std::string_view("0123456789+-*").find(line[0]) != std::string_view::npos) {
            if (!is_call) parts[part_of(object)] += std::stod(line.substr(line.rfind(' ') + 1));
            is_call = false;
        }
    }
    return parts;
}

struct Counted {
    double operations = 0;
    Parts instructions;
};

Counted count(const std::string& client, const std::string& conninfo, const Case& wanted,
              int seconds) {
    const auto file = std::filesystem::temp_directory_path() /
                      fmt::format("perf_instructions.{}.callgrind", getpid());
    const auto ended =
        perf::run_program({"valgrind", "--tool=callgrind", "--callgrind-out-file=" + file.string(),
                           "--toggle-collect=citusbench::Worker::run(*",
                           "--toggle-collect=citusbench::perf::Floor::run(*",
                           std::filesystem::read_symlink("/proc/self/exe"), client, conninfo,
                           std::to_string(wanted.connections), std::to_string(wanted.pipeline),
                           std::to_string(seconds)});
    Counted counted{std::stod(ended.output), read_profile(file)};
    std::filesystem::remove(file);
    return counted;
}

/// Per operation.
Parts per_operation(const std::string& client, const std::string& conninfo, const Case& wanted,
                    int seconds) {
    auto [operations, parts] = count(client, conninfo, wanted, seconds);
    for (auto& [part, instructions] : parts) instructions /= operations;
    return parts;
}

void be_client(char** argv) {
    const Case wanted{static_cast<unsigned>(std::stoul(argv[3])), std::stoul(argv[4])};
    const int seconds = std::stoi(argv[5]);
    const auto cost =
        std::string_view(argv[1]) == "own"
            ? perf::cost_on_null_server(argv[2], wanted.connections, wanted.pipeline, seconds)
            : perf::Floor(argv[2], wanted).run(seconds);
    fmt::print("{:.0f}\n", cost.operations);
}

void show(const Case& wanted, int seconds) {
    const perf::NullServerProcess server;
    for (const auto* client : {"floor", "own"}) {
        auto parts = per_operation(client, server.conninfo(), wanted, seconds);
        double all = 0;
        for (const auto& [part, instructions] : parts) all += instructions;
        fmt::print("{:>11} {:>8}   {:<6} {:>7.0f} {:>7.0f} {:>7.0f} {:>10.0f} {:>6.0f}\n",
                   wanted.connections, wanted.pipeline, client, all, parts["own"], parts["libpq"],
                   parts["C library"], parts["other"]);
        std::fflush(stdout);
    }
}

} // namespace

int main(int argc, char** argv) {
    try {
        test::raise_descriptor_limit();
        if (argc == 6) {
            be_client(argv);
            return 0;
        }
        const int seconds = argc > 1 ? std::stoi(argv[1]) : 4;
        fmt::print("instructions per operation outside the kernel, null server, libpq {}\n\n",
                   PQlibVersion() / 10000);
        fmt::print("{:>11} {:>8}   {:<6} {:>7} {:>7} {:>7} {:>10} {:>6}\n", "connections",
                   "pipeline", "client", "all", "own", "libpq", "C library", "other");
        for (const auto& wanted : {Case{8, 1}, Case{64, 1}, Case{8, 8}, Case{8, 64}})
            show(wanted, seconds);
    } catch (const std::exception& error) {
        fmt::print(stderr, "perf_instructions: {}\n", error.what());
        return 1;
    }
    return 0;
}
