# cmake -DBUILD=… -P install_test.cmake: installs into a temporary prefix and runs what is there, from
# a folder that has nothing to do with the source tree.
set(prefix "${BUILD}/install-test")
file(REMOVE_RECURSE ${prefix})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix}
    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${prefix}/bin/citusbench --version WORKING_DIRECTORY /
    OUTPUT_VARIABLE version COMMAND_ERROR_IS_FATAL ANY)
if(NOT version MATCHES "^citusbench [0-9]+\\.[0-9]+\\.[0-9]+.*commit [0-9a-z]+.*libpq.*GEOS.*GDAL")
    message(FATAL_ERROR "--version of the installed program printed:\n${version}")
endif()
# The operations' help needs the SQL files, which must be inside the program.
execute_process(COMMAND ${prefix}/bin/citusbench --workload spatial --help WORKING_DIRECTORY /
    OUTPUT_VARIABLE help COMMAND_ERROR_IS_FATAL ANY)
if(NOT help MATCHES "radius_in_region +30 +read")
    message(FATAL_ERROR "--workload spatial --help of the installed program printed:\n${help}")
endif()
file(REMOVE_RECURSE ${prefix})
