#pragma once

#include <filesystem>

#include "record/event.hpp"
#include "record/progress.hpp"
#include "record/run_record.hpp"

namespace citusbench {

/// An output of a run. Called from the main thread only, in this order: start, any number of
/// progress and event, finish. A reporter that writes files throws RunError when it cannot.
class Reporter {
  public:
    virtual ~Reporter() = default;
    /// Before the load starts; `record` has labels, operations and details.
    virtual void start(const RunRecord& record) { (void)record; }
    virtual void progress(const Progress& progress) { (void)progress; }
    virtual void event(const Event& event) { (void)event; }
    /// Once, with everything. Files go to `folder`.
    virtual void finish(const RunRecord& record, const std::filesystem::path& folder) {
        (void)record;
        (void)folder;
    }
};

}  // namespace citusbench
