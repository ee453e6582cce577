#pragma once

#include <filesystem>
#include <future>
#include <string>

#include "core/time.hpp"

namespace citusbench::test {

// When the last process of a server, or of a container, ended; 0 where it had not after 100 s, or
// was not there to begin with. A witness sleeps on the processes themselves and is ahead of the
// load, so that it sees an end at once: one that waits for its turn is late by more than what it
// checks. The end of the first process is not that of the server: measured, a postmaster's
// backends live on for up to 18 ms, and for 25 to 130 ms on a machine full of load.

std::future<Ticks> witness_end_of_server(const std::filesystem::path& data_dir);
/// All processes whose control group has the container's full id in its name.
std::future<Ticks> witness_end_of_container(const std::string& id);

/// Such a moment in seconds since the beginning of the run whose run.json this is, as in
/// events.csv.
double elapsed_s(const std::string& run_json, Ticks moment);

} // namespace citusbench::test
