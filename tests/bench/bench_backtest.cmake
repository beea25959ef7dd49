everbit_program(bench_backtest
  SOURCES bench_backtest.cpp "${CMAKE_SOURCE_DIR}/tests/unit/backtest/support.cpp"
  LINK everbit_backtest ZLIB::ZLIB benchmark::benchmark_main)
target_include_directories(bench_backtest PRIVATE "${CMAKE_SOURCE_DIR}/tests")
target_compile_definitions(bench_backtest PRIVATE
  EVERBIT_STRATEGY="$<TARGET_FILE:strategy-extreme-flip>"
  EVERBIT_PROBE="$<TARGET_FILE:everbit-plugin-probe>")
add_dependencies(bench_backtest strategy-extreme-flip everbit-plugin-probe)
