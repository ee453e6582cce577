# Every header compiles by itself. One that its own source includes first has shown that there; for each
# of the others a source includes it and nothing else, is built with the tests and never linked.
# Optimising them would only cost time.
file(GLOB_RECURSE headers RELATIVE ${PROJECT_SOURCE_DIR} CONFIGURE_DEPENDS
    ${PROJECT_SOURCE_DIR}/bench/*.hpp ${PROJECT_SOURCE_DIR}/workloads/*.hpp)
set(header_sources)
foreach(header IN LISTS headers)
    string(REGEX REPLACE "hpp$" "cpp" own_source ${PROJECT_SOURCE_DIR}/${header})
    if(EXISTS ${own_source})
        file(STRINGS ${own_source} first_include REGEX "^#include" LIMIT_COUNT 1)
        string(REGEX MATCH "[^/]+$" name ${header})
        if(first_include MATCHES "[\"/]${name}\"$")
            continue()
        endif()
    endif()
    string(REPLACE "/" "_" name ${header})
    set(source ${CMAKE_CURRENT_BINARY_DIR}/headers/${name}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${PROJECT_SOURCE_DIR}/${header}\"\n" @ONLY)
    list(APPEND header_sources ${source})
endforeach()
add_library(citusbench_headers OBJECT ${header_sources})
target_link_libraries(citusbench_headers PRIVATE citusbench::cli citusbench::run citusbench::report
    citusbench::compare citusbench::workload_chat citusbench::workload_spatial citusbench_flags)
target_compile_options(citusbench_headers PRIVATE -O0)
