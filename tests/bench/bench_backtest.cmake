everbit_program(bench_backtest
  SOURCES bench_backtest.cpp "${CMAKE_SOURCE_DIR}/tests/unit/backtest/support.cpp"
  LINK everbit_backtest ZLIB::ZLIB benchmark::benchmark_main)
target_include_directories(bench_backtest PRIVATE "${CMAKE_SOURCE_DIR}/tests")
target_compile_definitions(bench_backtest PRIVATE
  EVERBIT_STRATEGY="$<TARGET_FILE:strategy-extreme-flip>"
  EVERBIT_PROBE="$<TARGET_FILE:everbit-plugin-probe>")
add_dependencies(bench_backtest strategy-extreme-flip everbit-plugin-probe)

# Beside other back-testers: run_backtest.
everbit_add_plugin(bench-crossing-strategy KIND strategy SOURCES crossing_strategy.cpp LINK everbit_sdk
  OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/plugins")
everbit_program(bench_crossing
  SOURCES bench_crossing.cpp "${CMAKE_SOURCE_DIR}/tests/unit/backtest/support.cpp"
  LINK everbit_backtest ZLIB::ZLIB)
target_include_directories(bench_crossing PRIVATE "${CMAKE_SOURCE_DIR}/tests")
target_compile_definitions(bench_crossing PRIVATE
  EVERBIT_CROSSING="$<TARGET_FILE:bench-crossing-strategy>"
  EVERBIT_STRATEGY="$<TARGET_FILE:strategy-extreme-flip>"
  EVERBIT_PROBE="$<TARGET_FILE:everbit-plugin-probe>")
add_dependencies(bench_crossing bench-crossing-strategy strategy-extreme-flip everbit-plugin-probe)
