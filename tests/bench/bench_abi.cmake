everbit_add_plugin(bench-noop-strategy KIND strategy SOURCES noop_strategy.cpp LINK everbit_sdk
  OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}")
everbit_program(bench_abi
  SOURCES bench_abi.cpp virtual_strategy.cpp
  LINK everbit_strategy_instance benchmark::benchmark_main)
target_include_directories(bench_abi PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
target_compile_definitions(bench_abi PRIVATE
  EVERBIT_NOOP="$<TARGET_FILE:bench-noop-strategy>"
  EVERBIT_PROBE="$<TARGET_FILE:everbit-plugin-probe>")
add_dependencies(bench_abi bench-noop-strategy everbit-plugin-probe)
