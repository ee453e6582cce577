#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"

namespace citusbench {

/// Values of nodes over time, 24 bytes each: a sample a second of five nodes is 8 MB an hour.
class NodeSeries {
  public:
    struct Sample {
        Ticks at;
        double value;
        std::uint16_t node;
        std::uint16_t metric;
    };

    /// At most 65,536 different nodes and metrics; `at` does not fall.
    void add(Ticks at, std::string_view node, std::string_view metric, double value);

    /// Times count from `zero` from here on.
    void set_zero(Ticks zero) {
        for (auto& sample : samples_) sample.at -= zero;
    }

    const std::vector<Sample>& samples() const { return samples_; }
    const std::string& node(const Sample& sample) const { return nodes_[sample.node]; }
    const std::string& metric(const Sample& sample) const { return metrics_[sample.metric]; }

  private:
    std::vector<Sample> samples_;
    std::vector<std::string> nodes_;
    std::vector<std::string> metrics_;
};

} // namespace citusbench
