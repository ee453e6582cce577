#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/time.hpp"
#include "observe/node_sampler.hpp"
#include "os/unique_fd.hpp"
#include "stats/node_series.hpp"

namespace citusbench {

/// Samples the nodes of a cluster again and again, on a thread and over connections of its own. A
/// node that does not answer before the next sample is due is `up` 0 and nothing else; it delays
/// neither the other nodes nor the load.
class Monitor {
  public:
    /// Begins at once.
    explicit Monitor(MonitoredCluster cluster, Nanoseconds interval = std::chrono::seconds(1));
    Monitor(const Monitor&) = delete;
    Monitor& operator=(const Monitor&) = delete;
    ~Monitor(); ///< stop()

    /// Ends the sampling, within milliseconds. The rest may be asked for then.
    void stop();
    const NodeSeries& series() const { return series_; }
    std::uint64_t samples() const { return samples_; }
    /// Samples left out because the one before took too long.
    std::uint64_t missed() const { return missed_; }
    /// Why nodes that are up have no values, by node.
    const std::map<std::string, std::string>& errors() const { return errors_; }

    /// Of its thread so far; at any time.
    Nanoseconds cpu() const { return Nanoseconds(cpu_ns_.load()); }

  private:
    struct SampledNode {
        std::string name;
        std::unique_ptr<NodeSampler> sampler;
    };
    void run();
    void sample(Ticks at, Ticks deadline);
    /// False when it is to end.
    bool sleep_until(Ticks at) const;

    MonitoredCluster cluster_;
    Ticks interval_;
    std::vector<SampledNode> sampled_;
    NodeSeries series_;
    std::map<std::string, std::string> errors_;
    std::uint64_t samples_ = 0;
    std::uint64_t missed_ = 0;
    std::atomic<std::int64_t> cpu_ns_{0};
    UniqueFd wake_; ///< readable when it is to end
    std::thread thread_;
};

} // namespace citusbench
