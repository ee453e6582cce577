#pragma once

#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record/run_record.hpp"

namespace citusbench {

/// What the live line shows about the last second.
struct Progress {
    double elapsed_s = 0; ///< since the start of measuring; negative in the warm-up
    double total_s = 0;   ///< planned length
    std::string phase;
    double ok_per_s = 0;
    std::optional<double> p50_us; ///< response time of the ok operations of the last second
    std::optional<double> p99_us;
    std::uint64_t failed = 0; ///< in the last second
    std::uint64_t unknown = 0;
    std::uint64_t skipped = 0;
};

/// An output of a run. Called from the main thread only, in this order: messages, start, any number
/// of message, progress and event, finish. A reporter that writes files throws RunError when it
/// cannot.
class Reporter {
  public:
    virtual ~Reporter() = default;
    /// Whether finish() writes files: then it may be called again for another folder, and its
    /// `folder` is the working one. The others finish last and see the folder's final place, which
    /// is empty when nothing could be saved.
    virtual bool writes_files() const { return false; }
    /// Before the load starts; `record` has labels, operations and details.
    virtual void start(const RunRecord& record) { (void)record; }
    /// A line for people about the current step ("loading messages: 40 %"). A passing one is
    /// replaced by the next where there is a terminal.
    virtual void message(std::string_view text, bool passing) {
        (void)text;
        (void)passing;
    }
    virtual void progress(const Progress& progress) { (void)progress; }
    virtual void event(const Event& event) { (void)event; }
    /// Once, with everything. Files go to `folder`.
    virtual void finish(const RunRecord& record, const std::filesystem::path& folder) {
        (void)record;
        (void)folder;
    }
};

using Reporters = std::vector<std::unique_ptr<Reporter>>;

/// Passes each call to all reporters. A closed terminal ends its live output, never the run:
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
    /// Unlike the others this throws, because run.json must be written before the load starts.
    void start(const RunRecord& record) {
        for (auto& reporter : reporters_) reporter->start(record);
    }

  private:
    Reporters& reporters_;
    std::set<const Reporter*> silent_;
};

} // namespace citusbench
