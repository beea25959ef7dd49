everbit_program(bench_bus SOURCES bench_bus.cpp bench_figures.cpp LINK everbit_bus_testing)
target_include_directories(bench_bus PRIVATE
  "${CMAKE_SOURCE_DIR}/tests" "${CMAKE_CURRENT_SOURCE_DIR}")
add_dependencies(bench_bus bus-postgres)
