#include "target/run_registration.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "core/embedded_files.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;

constexpr auto renew_every = 5s;

std::string this_client() {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    return fmt::format("{}:{}", host.data(), getpid());
}

} // namespace

void make_runs_table(pg::Client& client) {
    if (client.query(std::string(sql_text("marker/has_runs_table.sql"))).text(0, 0) == "t") return;
    try {
        client.query(std::string(sql_text("marker/runs_table.sql")));
    } catch (const pg::ServerError&) {
        // Somebody else makes it at this moment; if it is missing, who needs it will say so.
    }
}

RunRegistration::RunRegistration(std::string conninfo, std::uint64_t run, const StopFlag& stop)
    : conninfo_(std::move(conninfo)), run_(std::to_string(run)), client_(this_client()) {
    pg::Client client(conninfo_, stop);
    make_runs_table(client);
    client.query(std::string(sql_text("marker/run_begins.sql")), {run_, client_});
    thread_ = std::thread([this] { renew(); });
}

RunRegistration::~RunRegistration() {
    {
        const std::scoped_lock lock(mutex_);
        ending_ = true;
        wake_.notify_all();
    }
    thread_.join();
    tell("marker/run_ends.sql");
}

void RunRegistration::renew() {
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, renew_every, [&] { return ending_; })) {
        lock.unlock();
        tell("marker/run_goes_on.sql");
        lock.lock();
    }
}

/// The server may be down, by a fault of the run for example: then nobody else can drop anything.
void RunRegistration::tell(const char* statement) const {
    try {
        static const StopFlag never_stop;
        pg::Client client(conninfo_, never_stop, 1s);
        client.query("set statement_timeout = '2s'");
        client.query(std::string(sql_text(statement)), {run_, client_});
    } catch (const RunError&) {
    }
}

std::string active_run(pg::Client& client) {
    if (client.query(std::string(sql_text("marker/has_runs_table.sql"))).text(0, 0) != "t")
        return {};
    const auto active = client.query(std::string(sql_text("marker/active_run.sql")));
    if (active.rows() == 0) return {};
    return fmt::format("run {} of {}, since {} s", active.text(0, 0), active.text(0, 1),
                       active.text(0, 2));
}

} // namespace citusbench
