#include "run/fault_thread.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"

namespace citusbench {

FaultThread::FaultThread(const Plan& plan, LocalCluster& cluster, RunControl& control)
    : plan_(plan), control_(control), specs_(plan.faults), broken_(plan.faults.size()) {
    for (std::size_t i = 0; i < specs_.size(); ++i) {
        faults_.push_back(find_fault(specs_[i].kind)->make(cluster, specs_[i]));
        steps_.push_back({control.zero + to_ticks(specs_[i].start.value_or(plan.before)), i, true});
    }
    thread_ = std::thread([this] {
        try {
            run();
        } catch (...) {
            const std::scoped_lock lock(mutex_);
            failure_ = std::current_exception();
            control_.clock.cut(now_ticks());
        }
    });
}

FaultThread::~FaultThread() {
    stop();
}

void FaultThread::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
        wake_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

bool FaultThread::sleep_until(Ticks at) {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const auto left = at - now_ticks();
        if (left <= 0) return true;
        wake_.wait_for(lock, Nanoseconds(left));
    }
    return false;
}

/// The earliest step is taken until none is left; injecting a fault adds the step that heals it.
void FaultThread::run() {
    while (!steps_.empty()) {
        const auto next = std::min_element(steps_.begin(), steps_.end(),
                                           [](auto& a, auto& b) { return a.at < b.at; });
        const auto step = *next;
        steps_.erase(next);
        if (!sleep_until(step.at)) return;
        if (step.inject)
            inject(step.fault);
        else
            heal(step.fault);
    }
    const auto begin = control_.clock.begin_of(control_.clock.segments() - 1);
    control_.clock.set_end(std::max(begin, last_confirmed_) +
                           to_ticks(plan_.heal ? plan_.after : plan_.during));
}

void FaultThread::inject(std::size_t fault) {
    tell(now_ticks(), "fault_injected", fault, specs_[fault].to_string());
    broken_[fault] = true; // even a fault that fails halfway has to be healed
    const auto confirmed = faults_[fault]->inject();
    last_confirmed_ = confirmed;
    tell(confirmed, "fault_confirmed", fault, specs_[fault].kind);
    announce("during");
    const std::scoped_lock lock(mutex_);
    outages_.push_back({specs_[fault].kind, specs_[fault].nodes, confirmed, never});
    if (plan_.heal)
        steps_.push_back(
            {confirmed + to_ticks(specs_[fault].length.value_or(plan_.during)), fault, false});
}

void FaultThread::heal(std::size_t fault) {
    tell(now_ticks(), "heal_started", fault, "");
    const auto healed = faults_[fault]->heal();
    broken_[fault] = false;
    last_confirmed_ = healed;
    tell(healed, "heal_confirmed", fault, "");
    if (std::none_of(broken_.begin(), broken_.end(), [](bool broken) { return broken; }))
        announce("after");
    const std::scoped_lock lock(mutex_);
    for (auto& outage : outages_)
        if (outage.nodes == specs_[fault].nodes && outage.healed == never) outage.healed = healed;
}

void FaultThread::heal_rest() {
    std::exception_ptr first;
    for (std::size_t i = 0; i < faults_.size(); ++i) {
        if (!broken_[i]) continue;
        tell(now_ticks(), "heal_started", i, "after the load");
        try {
            const auto healed = faults_[i]->heal();
            broken_[i] = false;
            tell(healed, "heal_confirmed", i, "after the load");
        } catch (...) {
            if (!first) first = std::current_exception();
        }
    }
    if (first) std::rethrow_exception(first);
}

void FaultThread::announce(const std::string& phase) {
    if (phase == phase_) return;
    phase_ = phase;
    const std::scoped_lock lock(mutex_);
    segments_.push_back(phase);
    const auto begin = control_.clock.announce(now_ticks());
    events_.push_back({begin, "phase", phase, ""});
}

void FaultThread::tell(Ticks at, const std::string& kind, std::size_t fault,
                       const std::string& detail) {
    const std::scoped_lock lock(mutex_);
    events_.push_back({at, kind, fmt::format("{}", fmt::join(specs_[fault].nodes, ",")), detail});
}

std::vector<std::string> FaultThread::take_segments() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(segments_, {});
}

std::vector<WorkerEvent> FaultThread::take_events() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(events_, {});
}

std::exception_ptr FaultThread::failure() const {
    const std::scoped_lock lock(mutex_);
    return failure_;
}

std::vector<Outage> FaultThread::outages() const {
    const std::scoped_lock lock(mutex_);
    return outages_;
}

} // namespace citusbench
