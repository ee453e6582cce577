#include "report/results_folder.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <string>
#include <system_error>

#include "core/error.hpp"
#include "report/output_file.hpp"

namespace citusbench {
namespace {

namespace fs = std::filesystem;

bool is_plain(const std::string& text) {
    static constexpr auto accepted =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    return text.find_first_not_of(accepted) == std::string::npos;
}

fs::path partial_path(const fs::path& results, const std::string& name) {
    return results / ("." + name + ".partial");
}

/// The disk may be full although the folder could be made, so a few bytes are written as well.
void probe(const fs::path& folder) {
    const auto path = folder / ".probe";
    OutputFile file(path);
    file.write("citusbench\n");
    file.close();
    fs::remove(path);
}

void copy_files(const fs::path& from, const fs::path& to) {
    std::error_code error; // what cannot be read any more is lost either way
    for (fs::directory_iterator entry(from, error), end; !error && entry != end;
         entry.increment(error)) {
        std::error_code copy_error;
        if (!entry->is_regular_file(copy_error)) continue;
        fs::copy_file(entry->path(), to / entry->path().filename(),
                      fs::copy_options::overwrite_existing, copy_error);
    }
}

fs::path fallback_results() {
    const char* configured = std::getenv("TMPDIR");
    const bool is_set = configured != nullptr && *configured != '\0';
    return fs::path(is_set ? configured : "/tmp") / "citusbench-results";
}

} // namespace

ResultsFolder::ResultsFolder(fs::path results, const std::string& workload,
                             const std::string& label)
    : results_(std::move(results)) {
    if (!is_plain(label))
        throw UsageError(fmt::format(
            "--label '{}' becomes part of a folder's name: use letters, digits, '.', '_' and '-'",
            label));
    auto base = fmt::format("{:%Y%m%dT%H%M%SZ}-{}", fmt::gmtime(std::time(nullptr)), workload);
    if (!label.empty()) base += '-' + label;
    std::string reason;
    try {
        if (results_.empty()) throw RunError("the name is empty");
        create_working(base);
        probe(working_);
        return;
    } catch (const fs::filesystem_error& error) {
        reason = error.code().message();
    } catch (const RunError& error) {
        reason = error.what();
    }
    std::error_code ignored;
    if (!working_.empty()) fs::remove_all(working_, ignored);
    if (made_results_) fs::remove(results_, ignored);
    throw UsageError(fmt::format("--results {} cannot be written ({}): name a folder that can be",
                                 results_.string(), reason));
}

ResultsFolder::~ResultsFolder() {
    if (published_) return;
    std::error_code ignored; // remove() fails on a folder that holds something, as it shall
    fs::remove(working_, ignored);
    if (made_results_) fs::remove(results_, ignored);
}

void ResultsFolder::create_working(const std::string& base) {
    made_results_ = fs::create_directories(results_);
    for (int n = 1;; ++n) {
        run_name_ = n == 1 ? base : fmt::format("{}-{}", base, n);
        const auto partial = partial_path(results_, run_name_);
        if (!fs::create_directory(partial)) continue;
        working_ = partial;
        // Checked after the hidden name is ours: another run may just have published its folder.
        if (!fs::exists(results_ / run_name_)) return;
        fs::remove(partial);
    }
}

fs::path ResultsFolder::publish() {
    auto target = results_ / run_name_;
    std::error_code error;
    if (fs::exists(target, error)) error = std::make_error_code(std::errc::file_exists);
    if (!error) fs::rename(working_, target, error);
    if (error)
        throw RunError(fmt::format("cannot rename {} to {}: {}", working_.string(), target.string(),
                                   error.message()));
    working_ = target;
    published_ = true;
    return target;
}

void ResultsFolder::fall_back() {
    const auto old = working_;
    const auto run_name = run_name_;
    try {
        results_ = fallback_results();
        create_working(run_name);
        probe(working_);
        copy_files(old, working_);
    } catch (const fs::filesystem_error& error) {
        throw RunError(
            fmt::format("cannot write {}: {}", results_.string(), error.code().message()));
    }
}

namespace {

using ReporterSpan = std::span<const std::unique_ptr<Reporter>>;

std::filesystem::path write_files(const RunRecord& record, ResultsFolder& folder,
                                  ReporterSpan reporters) {
    try {
        for (const auto& reporter : reporters)
            if (reporter->writes_files()) reporter->finish(record, folder.working());
        return folder.publish();
    } catch (const std::filesystem::filesystem_error& error) {
        throw RunError(error.what());
    }
}

std::filesystem::path write_files_somewhere(const RunRecord& record, ResultsFolder& folder,
                                            ReporterSpan reporters) {
    std::string reason;
    try {
        return write_files(record, folder, reporters);
    } catch (const RunError& error) {
        reason = error.what();
    }
    const auto first = folder.working();
    try {
        folder.fall_back();
        auto final = write_files(record, folder, reporters);
        const auto warning =
            fmt::format("warning: {}; the results went to {} instead\n", reason, final.string());
        (void)std::fputs(warning.c_str(), stderr);
        return final;
    } catch (const RunError& error) {
        throw RunError(
            fmt::format("the results could not be saved: {}; nor elsewhere: {}; what was "
                        "written is in {}",
                        reason, error.what(), first.string()));
    }
}

} // namespace

std::filesystem::path save(const RunRecord& record, ResultsFolder& folder, ReporterSpan reporters) {
    std::filesystem::path final;
    std::exception_ptr failure;
    try {
        final = write_files_somewhere(record, folder, reporters);
    } catch (const RunError&) {
        failure = std::current_exception();
    }
    for (const auto& reporter : reporters)
        if (!reporter->writes_files()) reporter->finish(record, final);
    if (failure) std::rethrow_exception(failure);
    return final;
}

} // namespace citusbench
