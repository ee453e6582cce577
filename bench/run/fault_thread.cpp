#include "run/fault_thread.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/quantity.hpp"
#include "core/random.hpp"

namespace citusbench {
namespace {

constexpr std::uint64_t offset_stream = 0x0ff5e7;
constexpr std::uint64_t max_offset = 1'000'000'000;

/// The offset of a cycle's faults within a second: with several cycles the faults must not be in
/// step with what the servers do every second.
Ticks offset_of(const Plan& plan, int cycle) {
    if (plan.repeat == 1) return 0;
    Random random(plan.seed, offset_stream, static_cast<std::uint64_t>(cycle));
    return static_cast<Ticks>(random.below(max_offset));
}

} // namespace

class FaultThread::Uncertain {
  public:
    explicit Uncertain(FaultThread& thread) : thread_(thread) { set(now_ticks()); }
    ~Uncertain() { set(never); }
    Uncertain(const Uncertain&) = delete;
    Uncertain& operator=(const Uncertain&) = delete;

  private:
    void set(Ticks since) {
        const std::scoped_lock lock(thread_.mutex_);
        thread_.uncertain_since_ = since;
    }
    FaultThread& thread_;
};

FaultThread::FaultThread(const Plan& plan, Cluster& cluster, RunControl& control,
                         const StopFlag& stop)
    : plan_(plan), control_(control), specs_(plan.faults), broken_(plan.faults.size()),
      disabled_(plan.faults.size()) {
    for (const auto& spec : specs_) faults_.push_back(find_fault(spec.kind)->make(cluster, spec));
    if (plan.operator_policy.disable_after)
        operator_ = std::make_unique<CitusOperator>(cluster, cluster.spec().replication, stop);
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

void FaultThread::run() {
    auto begin = control_.zero;
    for (int cycle = 0; cycle < plan_.repeat; ++cycle) {
        if (cycle > 0) announce("before");
        run_cycle(cycle, begin);
        const auto phase_begin = control_.clock.begin_of(control_.clock.segments() - 1);
        const auto end = std::max(phase_begin, last_confirmed_) +
                         to_ticks(plan_.heal ? plan_.after : plan_.during);
        // The operator's copying may take longer than that, and should be in the run.
        if (cycle + 1 == plan_.repeat) control_.clock.set_end(std::max(end, now_ticks()));
        if (!sleep_until(end)) return;
        begin = std::max(end, now_ticks());
    }
}

/// The earliest step is taken until none is left; injecting a fault adds the steps that follow it.
void FaultThread::run_cycle(int cycle, Ticks begin) {
    const auto offset = offset_of(plan_, cycle);
    for (std::size_t i = 0; i < specs_.size(); ++i)
        steps_.push_back(
            {begin + offset + to_ticks(specs_[i].start.value_or(plan_.before)), i, Action::inject});
    while (!steps_.empty()) {
        const auto next = std::min_element(steps_.begin(), steps_.end(),
                                           [](auto& a, auto& b) { return a.at < b.at; });
        const auto step = *next;
        steps_.erase(next);
        if (!sleep_until(step.at)) return;
        take(step);
    }
}

void FaultThread::take(const Step& step) {
    switch (step.action) {
    case Action::inject:
        return inject(step.fault);
    case Action::verify:
        return faults_[step.fault]->verify();
    case Action::disable:
        return disable(step.fault);
    case Action::heal:
        return heal(step.fault, "");
    }
}

void FaultThread::inject(std::size_t fault) {
    // Whatever has no outcome when the fault begins may have met it.
    if (!sleep_until(announce("during", PhaseClock::InFlight::move))) return;
    const Uncertain uncertain(*this);
    const auto begun = now_ticks();
    emit_event(begun, "fault_injected", nodes_of(fault), specs_[fault].to_string());
    broken_[fault] = true; // even a fault that fails halfway has to be healed
    {
        const std::scoped_lock lock(mutex_);
        Outage outage;
        outage.kind = specs_[fault].kind;
        outage.nodes = specs_[fault].nodes;
        outage.fault = fault;
        outage.injected = begun;
        outages_.push_back(std::move(outage));
    }
    const auto confirmed = faults_[fault]->inject();
    last_confirmed_ = confirmed;
    const auto how = faults_[fault]->how();
    emit_event(confirmed, "fault_confirmed", nodes_of(fault),
               how.empty() ? specs_[fault].kind : fmt::format("{} ({})", specs_[fault].kind, how));
    change(fault, [&](Outage& outage) { outage.confirmed = confirmed; });
    // Disabling takes a while, so faults that are due at the same moment come first.
    steps_.push_back({now_ticks(), fault, Action::verify});
    if (operator_ && !operator_->workers_of(specs_[fault].nodes).empty())
        steps_.push_back(
            {confirmed + to_ticks(*plan_.operator_policy.disable_after), fault, Action::disable});
    if (plan_.heal)
        steps_.push_back({confirmed + to_ticks(specs_[fault].length.value_or(plan_.during)), fault,
                          Action::heal});
}

void FaultThread::disable(std::size_t fault) {
    if (!broken_[fault]) return; // it was healed before the operator acted
    for (const auto& node : operator_->workers_of(specs_[fault].nodes)) {
        // After a partial success the same steps must follow.
        disabled_[fault] = true;
        if (!operate(fault, "disable", node, [&] { operator_->disable(node); })) return;
    }
    change(fault, [](Outage& outage) { outage.disabled = now_ticks(); });
}

void FaultThread::heal(std::size_t fault, const std::string& detail) {
    {
        const Uncertain uncertain(*this);
        const auto begun = now_ticks();
        emit_event(begun, "heal_started", nodes_of(fault), detail);
        change(fault, [&](Outage& outage) { outage.heal_started = begun; });
        const auto healed = faults_[fault]->heal();
        broken_[fault] = false;
        last_confirmed_ = healed;
        emit_event(healed, "heal_confirmed", nodes_of(fault), detail);
        change(fault, [&](Outage& outage) {
            outage.healed = healed;
            if (!disabled_[fault]) outage.redundant = healed;
        });
        const bool all_healed =
            std::none_of(broken_.begin(), broken_.end(), [](bool broken) { return broken; });
        if (all_healed && detail.empty()) announce("after");
    }
    if (disabled_[fault]) restore(fault);
}

/// The operator activates the nodes again and copies the shards that they lost meanwhile.
void FaultThread::restore(std::size_t fault) {
    disabled_[fault] = false;
    for (const auto& node : operator_->workers_of(specs_[fault].nodes))
        if (!operate(fault, "activate", node, [&] { operator_->activate(node); })) return;
    if (!operate(fault, "replicate", nodes_of(fault), [&] { operator_->replicate(); })) return;
    change(fault, [](Outage& outage) { outage.redundant = now_ticks(); });
}

/// Under load a step can fail (measured: Citus cancels it as part of a distributed deadlock), and
/// an operator would try again.
bool FaultThread::operate(std::size_t fault, const std::string& what, const std::string& subject,
                          const std::function<void()>& work) {
    constexpr int max_tries = 20;
    constexpr Ticks pause = 500'000'000;
    for (int tries = 1; tries <= max_tries; ++tries) {
        const auto begun = now_ticks();
        try {
            work();
            const auto done = now_ticks();
            change(fault, [](Outage& outage) { outage.error.clear(); });
            emit_event(done, "operator_" + what, subject,
                       fmt::format("took {}", format_duration(Nanoseconds(done - begun))));
            return true;
        } catch (const Interrupted&) {
            throw;
        } catch (const std::exception& error) {
            emit_event(now_ticks(), "operator_failed", subject,
                       fmt::format("{}: {}", what, error.what()));
            change(fault, [&](Outage& outage) {
                outage.error =
                    fmt::format("{} {} (tried {} times): {}", what, subject, tries, error.what());
            });
        }
        if (!sleep_until(now_ticks() + pause)) break;
    }
    return false;
}

void FaultThread::heal_rest() {
    std::exception_ptr first;
    for (std::size_t i = 0; i < faults_.size(); ++i) {
        if (!broken_[i]) continue;
        try {
            heal(i, "after the load");
        } catch (...) {
            if (!first) first = std::current_exception();
        }
    }
    if (first) std::rethrow_exception(first);
}

/// The beginning of the phase; 0 if it has begun.
Ticks FaultThread::announce(const std::string& phase, PhaseClock::InFlight in_flight) {
    if (phase == phase_) return 0;
    phase_ = phase;
    const std::scoped_lock lock(mutex_);
    segments_.push_back(phase);
    const auto begin = control_.clock.announce(now_ticks(), in_flight);
    events_.push_back({begin, "phase", phase, ""});
    return begin;
}

std::string FaultThread::nodes_of(std::size_t fault) const {
    return fmt::format("{}", fmt::join(specs_[fault].nodes, ","));
}

void FaultThread::change(std::size_t fault, const std::function<void(Outage&)>& work) {
    const std::scoped_lock lock(mutex_);
    const auto outage = std::find_if(outages_.rbegin(), outages_.rend(),
                                     [&](const Outage& each) { return each.fault == fault; });
    if (outage != outages_.rend()) work(*outage);
}

void FaultThread::emit_event(Ticks at, const std::string& kind, const std::string& subject,
                             const std::string& detail) {
    const std::scoped_lock lock(mutex_);
    events_.push_back({at, kind, subject, detail});
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

Ticks FaultThread::certain_until() const {
    const std::scoped_lock lock(mutex_);
    return std::min(uncertain_since_, now_ticks());
}

} // namespace citusbench
