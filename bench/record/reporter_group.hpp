#pragma once

#include <exception>
#include <memory>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "record/reporter.hpp"

namespace citusbench {

using Reporters = std::vector<std::unique_ptr<Reporter>>;

/// Shows one thing to all reporters. A terminal that went away ends its live output, never the run:
/// everything is in the record. Main thread only; `reporters` must outlive it.
class ReporterGroup {
  public:
    explicit ReporterGroup(Reporters& reporters) : reporters_(reporters) {}

    /// Calls call(reporter) for each whose last call did not throw.
    template <typename Call>
    void show(Call call) {
        for (auto& reporter : reporters_) {
            if (silent_.contains(reporter.get())) continue;
            try {
                call(*reporter);
            } catch (const std::exception&) {
                silent_.insert(reporter.get());
            }
        }
    }
    void message(std::string_view line, bool passing) {
        show([&](Reporter& reporter) { reporter.message(line, passing); });
    }
    /// Unlike the others this throws: what must be written before the load starts was not.
    void start(const RunRecord& record) {
        for (auto& reporter : reporters_) reporter->start(record);
    }

  private:
    Reporters& reporters_;
    std::set<const Reporter*> silent_;
};

} // namespace citusbench
