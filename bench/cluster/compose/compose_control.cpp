#include "cluster/compose/compose_control.hpp"

#include <algorithm>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "os/ports.hpp"
#include "pg/client.hpp"
#include "service/service.hpp"

namespace citusbench {
namespace {

using namespace std::chrono_literals;

constexpr auto container_timeout = 60s;

ContainerEngine::Args with(ContainerEngine::Args command, const std::vector<std::string>& ids) {
    command.insert(command.end(), ids.begin(), ids.end());
    return command;
}

/// The engine closes its own end of a container's port a moment later.
void await_closed(const Node& node) {
    constexpr auto until_closed = 5s;
    const auto deadline = now_ticks() + to_ticks(until_closed);
    while (accepts_connections(node.host, node.port)) {
        if (now_ticks() > deadline)
            throw RunError(
                fmt::format("{} is gone, but something still accepts connections at its port {}",
                            node.name, node.port));
        std::this_thread::sleep_for(1ms);
    }
}

bool is_gone(const std::string& status) {
    return status != "running" && status != "paused" && status != "restarting";
}

} // namespace

ComposeControl::Ids ComposeControl::ids_of(const std::vector<std::string>& names) const {
    Ids ids;
    for (const auto& name : names) ids.push_back(ids_.at(state_.at(name).name));
    return ids;
}

std::string ComposeControl::status(const std::string& id) const {
    auto text = engine_.output({"inspect", "--format", "{{.State.Status}}", id}, StopFlag());
    text.erase(text.find_last_not_of('\n') + 1);
    return text;
}

ComposeControl::Ids ComposeControl::with_status(const Ids& ids, const std::string& wanted) const {
    Ids those;
    for (const auto& id : ids)
        if (status(id) == wanted) those.push_back(id);
    return those;
}

void ComposeControl::await_status(const std::vector<std::string>& names,
                                  const std::function<bool(const std::string&)>& is_it,
                                  std::string_view wanted) const {
    const auto deadline = now_ticks() + to_ticks(container_timeout);
    for (const auto& name : names)
        while (!is_it(status(ids_.at(state_.at(name).name)))) {
            if (now_ticks() > deadline)
                throw RunError(fmt::format("{}: its container is not {} after {} s", name, wanted,
                                           container_timeout.count()));
            std::this_thread::sleep_for(2ms);
        }
}

Ticks ComposeControl::end(const std::vector<std::string>& names, bool graceful) {
    wait_for_completion();
    const StopFlag never_stop;
    const auto ids = ids_of(names);
    if (const auto paused = with_status(ids, "paused"); graceful && !paused.empty())
        engine_.run(with({"unpause"}, paused), never_stop);
    auto alive = ids;
    std::erase_if(alive, [&](const std::string& id) { return is_gone(status(id)); });
    auto command = graceful ? with({"stop", "-t", std::to_string(container_timeout.count())}, alive)
                            : with({"kill", "--signal", "KILL"}, alive);
    return stop_watcher_.begin(engine_.processes_of(alive), [this, names, alive, command] {
        const StopFlag until_done;
        if (!alive.empty()) engine_.run(command, until_done);
        await_status(names, is_gone, "gone");
        const auto gone = now_ticks();
        for (const auto& name : names) await_closed(state_.at(name));
        return gone;
    });
}

Ticks ComposeControl::pause(const std::vector<std::string>& names) {
    wait_for_completion();
    const StopFlag never_stop;
    const auto running = with_status(ids_of(names), "running");
    if (!running.empty()) engine_.run(with({"pause"}, running), never_stop);
    await_status(
        names, [](const std::string& status) { return status == "paused"; }, "paused");
    return now_ticks();
}

Ticks ComposeControl::resume(const std::vector<std::string>& names) {
    stop_watcher_.wait();
    const StopFlag never_stop;
    const auto paused = with_status(ids_of(names), "paused");
    if (!paused.empty()) engine_.run(with({"unpause"}, paused), never_stop);
    return now_ticks();
}

bool ComposeControl::answers(const Node& node) const {
    // A local server's data directory would be looked at first.
    if (node.kind == NodeKind::postgres)
        return pg::answers_query(state_.conninfo(node), answer_timeout);
    return service_of(node.kind).answers(state_, node);
}

void ComposeControl::await_answer(const Node& node, const StopFlag& stop) const {
    const auto deadline = now_ticks() + to_ticks(container_timeout);
    while (!answers(node)) {
        const auto now = status(ids_.at(node.name));
        if (is_gone(now) || now_ticks() > deadline) {
            Container container;
            container.id = ids_.at(node.name);
            throw RunError(fmt::format("{} does not answer at port {}: its container is {}; its "
                                       "last lines: {}",
                                       node.name, node.port, now, engine_.last_lines(container)));
        }
        stop.check();
        std::this_thread::sleep_for(5ms);
    }
}

Ticks ComposeControl::start(const std::vector<std::string>& names, const StopFlag& stop) {
    const StopFlag never_stop;
    resume(names);
    std::vector<Node> nodes;
    for (const auto& name : names) nodes.push_back(state_.at(name));
    std::stable_sort(nodes.begin(), nodes.end(), [](const Node& a, const Node& b) {
        return service_of(a.kind).start_order() < service_of(b.kind).start_order();
    });
    Ids down;
    for (const auto& node : nodes)
        if (const auto& id = ids_.at(node.name); is_gone(status(id))) down.push_back(id);
    if (!down.empty()) engine_.run(with({"start"}, down), never_stop);
    for (const auto& node : nodes) await_answer(node, stop);
    const auto answered = now_ticks();
    wait_for_completion(); // what went wrong with their end is no reason to leave them down
    return answered;
}

std::string ComposeControl::state(const Node& node) const {
    const auto now = status(ids_.at(node.name));
    if (now == "paused") return "paused";
    if (is_gone(now)) return "down";
    return answers(node) ? "up" : "starting";
}

} // namespace citusbench
