#include "verify/in_doubt.hpp"

#include <chrono>
#include <memory>
#include <thread>

#include <fmt/format.h>

#include "core/embedded_files.hpp"
#include "core/time.hpp"
#include "pg/client.hpp"

namespace citusbench {
namespace {

constexpr auto connect_timeout = std::chrono::seconds(3);
constexpr Ticks recovery_timeout = 5'000'000'000;
constexpr auto pause = std::chrono::milliseconds(250);

struct Connected {
    std::string node;
    std::unique_ptr<pg::Client> client;
};

std::vector<InDoubt::Transaction> in_doubt(std::vector<Connected>& nodes) {
    std::vector<InDoubt::Transaction> found;
    for (auto& [name, client] : nodes) {
        const auto rows = client->query(std::string(sql_text("verify/in_doubt.sql")));
        for (int row = 0; row < rows.rows(); ++row)
            found.push_back({name, std::string(rows.text(row, 0))});
    }
    return found;
}

} // namespace

InDoubt recover_in_doubt(const std::vector<CitusNode>& nodes, const StopFlag& stop) {
    InDoubt recovery;
    std::vector<Connected> connected;
    for (const auto& node : nodes) {
        try {
            connected.push_back(
                {node.access.name,
                 std::make_unique<pg::Client>(node.access.conninfo, stop, connect_timeout)});
        } catch (const RunError& error) {
            recovery.out_of_reach.push_back(fmt::format("{}: {}", node.access.name, error.what()));
        }
    }
    recovery.left = in_doubt(connected);
    recovery.before = recovery.left.size();
    const auto deadline = now_ticks() + recovery_timeout;
    while (true) {
        for (auto& node : connected)
            node.client->query(std::string(sql_text("verify/recover.sql")));
        recovery.left = in_doubt(connected);
        if (recovery.left.empty() || now_ticks() > deadline) return recovery;
        stop.check();
        std::this_thread::sleep_for(pause);
    }
}

} // namespace citusbench
