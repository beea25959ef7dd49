everbit_program(bench_codec
  SOURCES bench_codec.cpp
    "${CMAKE_SOURCE_DIR}/tests/unit/exchange-upbit/loaded_plugin.cpp"
    "${CMAKE_SOURCE_DIR}/tests/unit/exchange-upbit/samples.cpp"
  LINK everbit_exchange_codec everbit_decimal_extension simdjson::simdjson benchmark::benchmark_main ${CMAKE_DL_LIBS})
target_include_directories(bench_codec PRIVATE "${CMAKE_SOURCE_DIR}/tests")
target_compile_definitions(bench_codec PRIVATE
  EVERBIT_EXCHANGE_UPBIT="$<TARGET_FILE:exchange-upbit>")
add_dependencies(bench_codec exchange-upbit)
