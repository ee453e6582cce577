#include "report/output_file.hpp"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "core/error.hpp"

namespace citusbench {

OutputFile::OutputFile(std::filesystem::path path)
    : path_(std::move(path)), file_(std::fopen(path_.c_str(), "we")) {
    if (!file_) fail(errno);
}

void OutputFile::write(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) fail(errno);
}

void OutputFile::close() {
    if (std::fclose(file_.release()) != 0) fail(errno);
}

void OutputFile::fail(int error) const {
    throw RunError(fmt::format("cannot write {}: {}", path_.string(), std::strerror(error)));
}

} // namespace citusbench
