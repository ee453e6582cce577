#include "verify/in_doubt.hpp"

#include <chrono>
#include <memory>
#include <sstream>
#include <string>
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

/// A node, asked directly, or through the coordinator where this machine cannot reach it: nodes may
/// have names and addresses that only they know.
class AskedNode {
  public:
    /// Throws RunError with the reason of the direct attempt if neither way is open.
    AskedNode(const CitusNode& node, const StopFlag& stop) : node_(node) {
        try {
            client_ = std::make_unique<pg::Client>(node.access.conninfo, stop, connect_timeout);
            return;
        } catch (const RunError& error) {
            why_ = error.what();
        }
        client_ = std::make_unique<pg::Client>(node.entry_conninfo, stop, connect_timeout);
        through_coordinator_ = true;
        ask("select 1");
    }

    const std::string& name() const { return node_.access.name; }

    /// The first value of the statement's first row.
    std::string ask(const std::string& sql) {
        if (!through_coordinator_) return std::string(client_->query(sql).text(0, 0));
        const auto answer = client_->query(std::string(sql_text("verify/on_node.sql")),
                                           {node_.host, node_.port, sql});
        if (answer.rows() == 1 && answer.text(0, 0) == "t") return std::string(answer.text(0, 1));
        throw RunError(fmt::format("{}; through the coordinator: {}", why_,
                                   answer.rows() == 1 ? answer.text(0, 1) : "no answer"));
    }

  private:
    const CitusNode& node_;
    std::unique_ptr<pg::Client> client_;
    bool through_coordinator_ = false;
    std::string why_; ///< it cannot be asked directly
};

std::vector<InDoubt::Transaction> in_doubt(std::vector<AskedNode>& nodes) {
    std::vector<InDoubt::Transaction> found;
    for (auto& node : nodes) {
        std::stringstream gids(node.ask(std::string(sql_text("verify/in_doubt.sql"))));
        for (std::string gid; std::getline(gids, gid, ',');) found.push_back({node.name(), gid});
    }
    return found;
}

} // namespace

InDoubt recover_in_doubt(const std::vector<CitusNode>& nodes, const StopFlag& stop) {
    InDoubt recovery;
    std::vector<AskedNode> connected;
    for (const auto& node : nodes) {
        try {
            connected.emplace_back(node, stop);
        } catch (const RunError& error) {
            recovery.out_of_reach.push_back(fmt::format("{}: {}", node.access.name, error.what()));
        }
    }
    recovery.left = in_doubt(connected);
    recovery.before = recovery.left.size();
    const auto deadline = now_ticks() + recovery_timeout;
    while (true) {
        for (auto& node : connected) node.ask(std::string(sql_text("verify/recover.sql")));
        recovery.left = in_doubt(connected);
        if (recovery.left.empty() || now_ticks() > deadline) return recovery;
        stop.check();
        std::this_thread::sleep_for(pause);
    }
}

} // namespace citusbench
