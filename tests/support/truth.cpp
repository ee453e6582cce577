#include "support/truth.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace citusbench::test {
namespace {

/// As Histogram::quantile() defines it.
Ticks quantile(const std::vector<Ticks>& sorted, double q) {
    const auto rank = std::ceil(q * static_cast<double>(sorted.size()));
    return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

/// Whether one answer in a hundred came half a millisecond late by the script.
bool server_was_late(const std::vector<NullAnswer>& answers, const NullScript& script) {
    if (script.stagger > 0 || answers.empty()) return false;
    std::vector<Ticks> late;
    for (const auto& answer : answers)
        late.push_back(answer.answered - answer.arrived -
                       script.delay_of(static_cast<std::uint64_t>(answer.parameter)));
    std::sort(late.begin(), late.end());
    return quantile(late, 0.99) > 500'000;
}

} // namespace

Ticks intended_at(const NullLoad& load, Ticks zero, std::int64_t index) {
    return zero +
           std::llround(static_cast<double>(index) / std::get<Constant>(load.arrival).rate * 1e9);
}

Truth truth_of(const std::vector<NullAnswer>& answers, const NullLoad& load, Ticks zero) {
    Truth truth;
    std::map<std::uint32_t, std::vector<const NullAnswer*>> by_connection;
    for (const auto& answer : answers) {
        truth.service.push_back(answer.answered - answer.arrived);
        if (is_open(load.arrival))
            truth.response.push_back(answer.answered - intended_at(load, zero, answer.parameter));
        else
            by_connection[answer.connection].push_back(&answer);
    }
    for (const auto& [connection, own] : by_connection)
        for (std::size_t i = 0; i < own.size(); ++i) {
            const auto from = i == 0 ? zero : own[i]->arrived;
            const auto until = i + 1 < own.size() ? own[i + 1]->arrived : own[i]->answered;
            truth.response.push_back(until - from);
        }
    std::sort(truth.response.begin(), truth.response.end());
    std::sort(truth.service.begin(), truth.service.end());
    return truth;
}

Findings differences(const std::string& what, const std::vector<Ticks>& truth,
                     const Histogram& measured, const Histogram& lag, int ways, Ticks tolerated) {
    if (truth.size() != measured.count() || truth.empty())
        return {{fmt::format("{}: {} of {} were measured", what, measured.count(), truth.size())}};
    Findings found;
    for (const double q : {0.01, 0.1, 0.5, 0.9, 0.99}) {
        if (q > 0.9 && truth.size() < 1000) continue;
        const auto is = quantile(truth, q);
        const auto seen = static_cast<Ticks>(measured.quantile(q));
        // Of a sum of two, the part above is at most the parts of both above half of it.
        const auto late = ways * static_cast<Ticks>(lag.quantile((1 + q) / 2));
        const auto allowed = std::max(tolerated, is / 100);
        if (seen >= is - allowed && seen <= is + allowed + late) continue;
        // What was late ten times in a row may be so late.
        const bool excusable = std::abs(seen - is) < 10 * static_cast<Ticks>(lag.max());
        found.push_back({fmt::format("{}: p{:g} is {} µs and was {} µs (the machine's lag: {} µs)",
                                     what, q * 100, seen / 1000, is / 1000, late / 1000),
                         excusable});
    }
    return found;
}

Trial run_trial(const NullScript& script, const NullLoad& load,
                const std::function<void(NullServer&, Ticks zero)>& begun) {
    constexpr std::size_t enough = 1'000'000;
    auto remembering = script;
    remembering.remembered = enough;
    remembering.slow_by_parameter = true; // so that what was scripted can be told
    NullServer server(remembering);
    LagWitness witness;
    Trial trial;
    trial.run = run_null_load(server.conninfo(), load, [&](Ticks zero) {
        if (begun) begun(server, zero);
    });
    witness.stop();
    server.stop();
    trial.answers = server.answers();
    trial.truth = truth_of(trial.answers, load, trial.run.zero);
    trial.lag.merge(witness.lag());
    trial.disturbed =
        witness.was_disturbed() || (!begun && server_was_late(trial.answers, remembering));
    return trial;
}

} // namespace citusbench::test
