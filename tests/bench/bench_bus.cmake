everbit_program(bench_bus SOURCES bench_bus.cpp LINK everbit_bus_testing)
target_include_directories(bench_bus PRIVATE "${CMAKE_SOURCE_DIR}/tests")
add_dependencies(bench_bus bus-postgres)
