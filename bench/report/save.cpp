#include "report/save.hpp"

#include <cstdio>
#include <exception>
#include <string>

#include <fmt/format.h>

#include "core/error.hpp"

namespace citusbench {
namespace {

using Reporters = std::span<const std::unique_ptr<Reporter>>;

std::filesystem::path write_files(const RunRecord& record, ResultsFolder& folder,
                                  Reporters reporters) {
    try {
        for (const auto& reporter : reporters)
            if (reporter->writes_files()) reporter->finish(record, folder.working());
        return folder.publish();
    } catch (const std::filesystem::filesystem_error& error) {
        throw RunError(error.what());
    }
}

std::filesystem::path write_files_somewhere(const RunRecord& record, ResultsFolder& folder,
                                            Reporters reporters) {
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

std::filesystem::path save(const RunRecord& record, ResultsFolder& folder, Reporters reporters) {
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
