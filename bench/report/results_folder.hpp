#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "record/reporter.hpp"

namespace citusbench {

/// The folder of one run, `RESULTS/<UTC time>-<workload>[-<label>][-<n>]/`. Until publish() it has
/// the hidden name `.<run name>.partial`, so that an incomplete run is not mistaken for a complete
/// one; the files of a run that died stay there.
class ResultsFolder {
  public:
    /// Creates the working folder and tries to write into it. Throws UsageError that names --label
    /// (letters, digits, '.', '_' and '-' are taken) or --results. An empty label is none.
    ResultsFolder(std::filesystem::path results, const std::string& workload,
                  const std::string& label);
    /// Removes the working folder if nothing was written to it.
    ~ResultsFolder();
    ResultsFolder(const ResultsFolder&) = delete;
    ResultsFolder& operator=(const ResultsFolder&) = delete;

    const std::string& run_name() const { return run_name_; }
    /// Where files are written to now.
    const std::filesystem::path& working() const { return working_; }
    /// Gives the folder its name and returns its path. Throws RunError.
    std::filesystem::path publish();
    /// Continues in `citusbench-results` of TMPDIR (or /tmp): creates a working folder of the same
    /// run there and copies what can still be read from the old one, which stays. Throws RunError.
    void fall_back();

  private:
    void create_working(const std::string& base);

    std::filesystem::path results_;
    std::filesystem::path working_;
    std::string run_name_;
    bool made_results_ = false;
    bool published_ = false;
};

/// Calls finish() of all reporters and returns the folder's final place. Those that write files
/// come first; when one of them or the renaming fails, a line on standard error says so and all is
/// written once more to ResultsFolder::fall_back(). If that fails too, the other reporters (the
/// console) still get the record, and RunError is thrown.
std::filesystem::path save(const RunRecord& record, ResultsFolder& folder,
                           std::span<const std::unique_ptr<Reporter>> reporters);

} // namespace citusbench
