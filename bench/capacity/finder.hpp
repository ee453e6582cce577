#pragma once

#include <string>

#include "capacity/plan.hpp"
#include "capacity/prober.hpp"
#include "capacity/story.hpp"

namespace citusbench {

/// Asks a target, probe by probe, for what a CapacitySearch wants to know. Main thread only.
/// Everything here throws as Prober::run() does; Interrupted, too, where a probe was.
class Finder {
  public:
    /// Probes are added to `record.capacity`. All must outlive the finder.
    Finder(const CapacityPlan& plan, Prober& prober, const StopFlag& stop, RunRecord& record);

    /// The throughput of a short closed loop, in ok operations per second.
    double closed_loop();

    /// A whole search. `story` has its name and conditions, and what came out also after a throw.
    void search(const SearchLimits& limits, SearchStory& story);

    /// At the found rate, over it, and back, in one load.
    OverloadStory overload(const SearchStory& whole);

  private:
    bool probe(const std::string& name, double rate, SearchStory& story);
    void settle();
    std::string judged(const Measured& measured) const;
    Measured measured(const StretchCounts& counts) const;
    ProbeResult run(const ProbeSpec& spec);

    const CapacityPlan& plan_;
    Prober& prober_;
    const StopFlag& stop_;
    RunRecord& record_;
};

} // namespace citusbench
