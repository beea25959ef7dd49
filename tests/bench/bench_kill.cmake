everbit_program(bench_kill SOURCES bench_kill.cpp bench_figures.cpp LINK everbit_queued_commands)
target_include_directories(bench_kill PRIVATE
  "${CMAKE_SOURCE_DIR}/tests" "${CMAKE_CURRENT_SOURCE_DIR}")
add_dependencies(bench_kill bus-postgres exchange-upbit upbit-sim)
