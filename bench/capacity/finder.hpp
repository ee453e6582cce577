#pragma once

#include <string>

#include "capacity/capacity_result.hpp"
#include "capacity/plan.hpp"
#include "capacity/prober.hpp"

namespace citusbench {

/// Asks a target, probe by probe, for what a CapacitySearch wants to know. Main thread only. All
/// functions throw what Prober::run() throws, and Interrupted where a probe was interrupted.
class Finder {
  public:
    /// Probes are added to `record.capacity`. All must outlive the finder.
    Finder(const CapacityPlan& plan, Prober& prober, const StopFlag& stop, RunRecord& record);

    /// A closed loop until the load is steady, so that no probe meets cold connections or caches.
    void warm_up();

    /// The throughput of a short closed loop, in ok operations per second.
    double closed_loop();

    /// A whole search. `found` has its name and conditions; it has the results so far also after a
    /// throw.
    void search(const SearchLimits& limits, SearchResult& found);

    /// One load at the found rate, above it, and at the found rate again.
    OverloadResult overload(const SearchResult& whole);

  private:
    /// The load at a probe's rate before each measurement.
    Nanoseconds warmup() const;
    bool probe(const std::string& name, double rate, SearchResult& found);
    void wait_until_healthy();
    std::string values_text(const Measured& measured) const;
    Measured measured(const PhaseCounts& counts) const;
    ProbeResult run(const ProbeSpec& spec);

    const CapacityPlan& plan_;
    Prober& prober_;
    const StopFlag& stop_;
    RunRecord& record_;
};

} // namespace citusbench
