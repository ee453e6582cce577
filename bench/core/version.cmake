# Writes OUTPUT with the version of the tree at SOURCE_DIR; runs at every build, and leaves the file
# alone when nothing changed so that nothing is compiled for it.
find_package(Git QUIET)
set(version "${PROJECT_VERSION}")
set(commit "unknown")
if(GIT_FOUND)
    execute_process(COMMAND ${GIT_EXECUTABLE} describe --tags --match "v[0-9]*"
        WORKING_DIRECTORY ${SOURCE_DIR} OUTPUT_VARIABLE described
        OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    if(NOT failed)
        string(REGEX REPLACE "^v" "" version "${described}")
    endif()
    execute_process(COMMAND ${GIT_EXECUTABLE} describe --always --dirty=+ --abbrev=10 --exclude *
        WORKING_DIRECTORY ${SOURCE_DIR} OUTPUT_VARIABLE described
        OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    if(NOT failed)
        set(commit "${described}")
    endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT [[
#include "core/version.hpp"

namespace citusbench {

std::string_view version() { return "@version@"; }
std::string_view git_commit() { return "@commit@"; }

}  // namespace citusbench
]] @ONLY)
