#include "fault/fault_kinds.hpp"

#include <functional>
#include <future>
#include <thread>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/quantity.hpp"
#include "fault/fault.hpp"
#include "network/network_control.hpp"
#include "pg/client.hpp"
#include "service/service.hpp"
#include "topology/target_name.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;

/// A cut-off node has to be silent for this long; a loopback answers in a thousandth of it.
constexpr auto silence = 250ms;
constexpr auto heal_timeout = 15s;

class NetworkFault : public Fault {
  public:
    NetworkFault(Cluster& cluster, std::vector<std::string> targets)
        : cluster_(cluster), targets_(std::move(targets)) {}

    Ticks inject() final {
        verified_ = false;
        nodes_ = cluster_.resolve(targets_);
        return begin();
    }

    void verify() final {
        verified_ = true;
        for_each_node([this](const Node& node) { check(node); });
    }

    Ticks heal() final {
        std::exception_ptr useless;
        try {
            if (!verified_) verify();
        } catch (const RunError&) {
            useless = std::current_exception(); // it is healed in any case
        }
        verified_ = true;
        end();
        for_each_node([this](const Node& node) { await_answer(node); });
        const auto healed = now_ticks();
        if (useless) std::rethrow_exception(useless);
        return healed;
    }

  protected:
    virtual Ticks begin() = 0;
    virtual void check(const Node& node) = 0;
    virtual void end() = 0;

    Cluster& cluster() { return cluster_; }
    const Cluster& cluster() const { return cluster_; }
    NetworkControl& network() const { return cluster_.network(); }
    const std::vector<std::string>& nodes() const { return nodes_; }
    /// Before the first injection: all nodes that the targets may resolve to.
    std::vector<std::string> nodes_or_candidates() const {
        if (!nodes_.empty()) return nodes_;
        std::vector<std::string> candidates;
        for (const auto& target : targets_)
            for (auto& name : nodes_of_target(target, cluster_.nodes()))
                candidates.push_back(std::move(name));
        return candidates;
    }

    std::string with_names(const std::string& way) const {
        const auto names = resolved_target_names(targets_, nodes_);
        return names.empty() ? way : fmt::format("{}; {}", way, names);
    }

    /// Another fault may have stopped the server itself.
    bool is_gone(const Node& node) const {
        const auto state = cluster_.state(node);
        return state == "down" || state == "paused";
    }

  private:
    /// All at once; the first error is thrown when all are done.
    void for_each_node(const std::function<void(const Node&)>& work) {
        std::vector<std::future<void>> running;
        for (const auto& name : nodes_)
            running.push_back(std::async(std::launch::async,
                                         [&work, node = cluster_.find(name)] { work(*node); }));
        for (auto& one : running) one.wait();
        for (auto& one : running) one.get();
    }

    void await_answer(const Node& node) {
        const auto deadline = now_ticks() + to_ticks(heal_timeout);
        while (!answers_at_its_port(cluster_.layout(), node)) {
            if (is_gone(node)) return; // it cannot answer; the fault that ended it heals it
            if (now_ticks() > deadline)
                throw RunError(fmt::format(
                    "{} did not answer at port {} within {} s after its network was restored",
                    node.name, node.port, heal_timeout.count()));
            std::this_thread::sleep_for(2ms);
        }
    }

    Cluster& cluster_;
    std::vector<std::string> targets_;
    std::vector<std::string> nodes_; ///< hit by the last injection
    bool verified_ = true;
};

class Partition final : public NetworkFault {
  public:
    using NetworkFault::NetworkFault;
    std::string how() const override {
        return with_names(network().way_of_cutting(nodes_or_candidates()));
    }

  private:
    Ticks begin() override { return network().cut(nodes()); }
    void end() override { network().restore(nodes()); }

    void check(const Node& node) override {
        const auto begun = now_ticks();
        const bool answers = node.takes_queries()
                                 ? pg::answers_query(cluster().conninfo(node), silence)
                                 : answers_at_its_port(cluster().layout(), node);
        if (answers)
            throw RunError(fmt::format("{} answers at port {} although it was cut off ({})",
                                       node.name, node.port, how()));
        // Refused is an answer too.
        if (now_ticks() - begun < to_ticks(silence) * 9 / 10)
            throw RunError(fmt::format("{} refuses connections at port {} although it was cut off "
                                       "({}), which is no silence",
                                       node.name, node.port, how()));
    }
};

class Slow final : public NetworkFault {
  public:
    Slow(Cluster& its_cluster, const FaultSpec& spec)
        : NetworkFault(its_cluster, spec.nodes), delay_(spec.delay.value()) {}
    std::string how() const override { return with_names("proxy"); }

  private:
    Ticks begin() override { return network().set_delay(nodes(), delay_); }
    void end() override { network().set_delay(nodes(), Nanoseconds(0)); }

    void check(const Node& node) override {
        const StopFlag never_stop;
        constexpr int round_trips = 5; // of a connection with a password, at most
        if (is_gone(node) || network().is_cut(node.name)) return;
        if (!node.takes_queries()) {
            const auto asked = now_ticks();
            answers_at_its_port(cluster().layout(), node);
            return expect_slow(node, now_ticks() - asked);
        }
        pg::Client client(
            cluster().conninfo(node), never_stop,
            std::chrono::duration_cast<std::chrono::milliseconds>(10s + round_trips * delay_));
        const auto sent = now_ticks();
        client.query("select 1");
        expect_slow(node, now_ticks() - sent);
    }

    void expect_slow(const Node& node, Ticks took) const {
        if (took < to_ticks(delay_))
            throw RunError(fmt::format("{} answered in {} although {} were to be added", node.name,
                                       format_duration(Nanoseconds(took)),
                                       format_duration(delay_)));
    }

    Nanoseconds delay_;
};

} // namespace

std::unique_ptr<Fault> make_partition(Cluster& cluster, const FaultSpec& spec) {
    return std::make_unique<Partition>(cluster, spec.nodes);
}

std::unique_ptr<Fault> make_slow(Cluster& cluster, const FaultSpec& spec) {
    return std::make_unique<Slow>(cluster, spec);
}

} // namespace citusbench
