#include "support/paths.hpp"

namespace citusbench::test {

const char* source_dir() {
    return CITUSBENCH_SOURCE_DIR;
}

const char* citusbench_binary() {
    return CITUSBENCH_BINARY;
}

const char* hlog_reader() {
    return CITUSBENCH_HLOG_READER;
}

} // namespace citusbench::test
