// A server that answers every operation with one row at once, or as its commands say: for measuring
// clients.
//
//   perf_null_server PORT [--delay-us N] [--stagger-us N] [--slow-us N --slow-every N]
//       [--error-every N]
//
// Port 0 takes a free one. Prints the connection string and ends with its standard input, from
// which it takes commands, each answered with a line: `drop MS` resets every connection and refuses
// new ones for so long, `freeze MS` does nothing for so long, `counts` prints what was done so far.
#include <cstdio>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "support/null_server.hpp"

using namespace citusbench;

namespace {

test::NullScript script_of(int argc, char** argv) {
    test::NullScript script;
    std::map<std::string, long> options;
    for (int i = 2; i + 1 < argc; i += 2) options[argv[i]] = std::stol(argv[i + 1]);
    script.delay = options["--delay-us"] * 1000;
    script.stagger = options["--stagger-us"] * 1000;
    script.slow_delay = options["--slow-us"] * 1000;
    script.slow_every = static_cast<unsigned>(options["--slow-every"]);
    script.error_every = static_cast<unsigned>(options["--error-every"]);
    return script;
}

std::string obey(test::NullServer& server, const std::string& line) {
    std::istringstream words(line);
    std::string verb;
    Ticks milliseconds = 0;
    words >> verb >> milliseconds;
    if (verb == "drop") server.drop_all(now_ticks(), milliseconds * 1'000'000);
    if (verb == "freeze") server.freeze(now_ticks(), milliseconds * 1'000'000);
    const auto counts = server.counts();
    return fmt::format("{} {} {} {} {} {}", counts.operations, counts.errors, counts.accepted,
                       counts.started, counts.open, counts.last_started);
}

} // namespace

int main(int argc, char** argv) {
    try {
        test::raise_descriptor_limit();
        const auto port = static_cast<std::uint16_t>(argc > 1 ? std::stoi(argv[1]) : 0);
        test::NullServer server(script_of(argc, argv), port);
        fmt::print("{}\n", server.conninfo());
        std::fflush(stdout);
        for (std::string line; std::getline(std::cin, line);) {
            fmt::print("{}\n", obey(server, line));
            std::fflush(stdout);
        }
        server.stop();
    } catch (const std::exception& error) {
        fmt::print(stderr, "perf_null_server: {}\n", error.what());
        return 1;
    }
    return 0;
}
