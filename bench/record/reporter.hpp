#pragma once

#include <filesystem>
#include <string_view>

#include "record/event.hpp"
#include "record/progress.hpp"
#include "record/run_record.hpp"

namespace citusbench {

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
    /// A line for people about what is being done ("loading messages: 40 %"). A passing one is
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

} // namespace citusbench
