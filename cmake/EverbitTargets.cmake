# How a folder becomes a library, a program or a test. One way for the whole tree.

set(EVERBIT_WARNINGS
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wcast-qual -Wformat=2 -Wundef -Werror)
set(EVERBIT_CXX_WARNINGS
  -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Wextra-semi)

add_library(everbit_warnings INTERFACE)
target_compile_options(everbit_warnings INTERFACE
  ${EVERBIT_WARNINGS} $<$<COMPILE_LANGUAGE:CXX>:${EVERBIT_CXX_WARNINGS}>)

# Adds a folder once it has a CMakeLists.txt of its own.
function(everbit_add_part folder)
  if(EXISTS "${CMAKE_SOURCE_DIR}/${folder}/CMakeLists.txt")
    add_subdirectory("${CMAKE_SOURCE_DIR}/${folder}" "${CMAKE_BINARY_DIR}/${folder}")
  endif()
endfunction()

# Under a sanitizer, where everything is built once more, the headers that nearly every unit reads are
# parsed once. Not in the other builds: they are there to show an include that is missing.
function(everbit_precompile kind)
  set(source "${CMAKE_BINARY_DIR}/precompiled.cpp")
  if(NOT EXISTS "${source}")
    file(WRITE "${source}" "")
  endif()
  add_library(everbit_precompiled_${kind} OBJECT "${source}")
  target_link_libraries(everbit_precompiled_${kind} PRIVATE everbit_warnings)
  target_precompile_headers(everbit_precompiled_${kind} PRIVATE
    <algorithm> <array> <atomic> <charconv> <chrono> <condition_variable> <cstdint> <cstring> <deque>
    <filesystem> <fstream> <functional> <map> <memory> <mutex> <optional> <set> <span> <stdexcept>
    <string> <string_view> <thread> <utility> <vector>)
  # Programs are made of -fPIE, which a header for -fPIC does not serve.
  if(NOT kind STREQUAL "library")
    target_compile_options(everbit_precompiled_${kind} PRIVATE -fPIE)
  endif()
endfunction()
function(everbit_reuse_precompiled target kind)
  if(EVERBIT_SANITIZER)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
    target_precompile_headers(${target} REUSE_FROM everbit_precompiled_${kind})
  endif()
endfunction()
if(EVERBIT_SANITIZER)
  foreach(kind IN ITEMS library program test)
    everbit_precompile(${kind})
  endforeach()
  target_link_libraries(everbit_precompiled_test PRIVATE GTest::gmock GTest::gtest)
  target_precompile_headers(everbit_precompiled_test PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
endif()

# everbit_library(NAME SOURCES a.cpp … LINK lib …): a static library included as "<folder>/<header>.h"
# from host/.
function(everbit_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC "${CMAKE_SOURCE_DIR}/host")
  target_link_libraries(${name} PUBLIC ${ARG_LINK} PRIVATE everbit_warnings ${ARG_PRIVATE_LINK})
  everbit_reuse_precompiled(${name} library)
endfunction()

# everbit_program(NAME SOURCES … LINK …)
function(everbit_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} everbit_warnings)
  everbit_reuse_precompiled(${name} program)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
endfunction()

# everbit_test(NAME SOURCES … LINK … [LABELS unit|integration|e2e] [FIXTURES postgres …] [TIMEOUT s]
# [SERIAL] [THREADS] [CONFINED]): one GoogleTest program; each of its tests becomes a ctest test. FIXTURES name the
# real servers that tests/support starts once for the run. THREADS: more than one thread works in it, so
# it is run under ThreadSanitizer too, by the label threads. CONFINED: it starts programs in a sandbox that
# a sanitizer's runtime cannot live in, so it is left out of those builds.
include(GoogleTest)
add_custom_target(test_programs)
add_custom_target(unit_test_programs)
add_custom_target(threaded_test_programs)
function(everbit_test name)
  cmake_parse_arguments(ARG "SERIAL;THREADS;CONFINED" "TIMEOUT" "SOURCES;LINK;LABELS;FIXTURES;ENVIRONMENT" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(ARG_CONFINED AND EVERBIT_SANITIZER)
    set(ARG_LABELS confined)
    set(ARG_THREADS OFF)
  else()
    add_dependencies(test_programs ${name})
  endif()
  if("unit" IN_LIST ARG_LABELS)
    add_dependencies(unit_test_programs ${name})
  endif()
  if(ARG_THREADS)
    list(APPEND ARG_LABELS threads)
    add_dependencies(threaded_test_programs ${name})
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gmock GTest::gtest GTest::gtest_main everbit_warnings)
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}/tests")
  everbit_reuse_precompiled(${name} test)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 TEST_LIST ${name}_TESTS)

  # Values that are lists lose their semicolons on the way through gtest_discover_tests, so the
  # properties are set in a file of their own, which ctest reads after the tests were discovered.
  set(environment
    "EVERBIT_TEST_SERVICES=${CMAKE_BINARY_DIR}/test-services"
    "EVERBIT_SOURCE_DIR=${CMAKE_SOURCE_DIR}"
    "EVERBIT_BUILD_DIR=${CMAKE_BINARY_DIR}"
    ${ARG_ENVIRONMENT})
  set(serial OFF)
  if(ARG_SERIAL)
    set(serial ON)
  endif()
  set(properties_file "${CMAKE_CURRENT_BINARY_DIR}/${name}_properties.cmake")
  file(WRITE "${properties_file}"
    "if(${name}_TESTS)\n"
    "  set_tests_properties(\${${name}_TESTS} PROPERTIES\n"
    "    LABELS [==[${ARG_LABELS}]==] TIMEOUT ${ARG_TIMEOUT} RUN_SERIAL ${serial}\n"
    "    FIXTURES_REQUIRED [==[${ARG_FIXTURES}]==]\n"
    "    ENVIRONMENT [==[${environment}]==])\n"
    "endif()\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${properties_file}")
endfunction()
