# Every library comes from Debian 12; deploy/packages lists the packages.

find_package(Threads REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS headers program_options)
find_package(OpenSSL 3.0 REQUIRED)
find_package(simdjson 3.0 CONFIG REQUIRED)
find_package(fmt 9 CONFIG REQUIRED)
find_package(spdlog 1.10 CONFIG REQUIRED)
find_package(websocketpp CONFIG REQUIRED)
find_package(tomlplusplus CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(GTest CONFIG REQUIRED)
find_package(benchmark CONFIG REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(PQXX REQUIRED IMPORTED_TARGET libpqxx libpq)
pkg_check_modules(HIREDIS REQUIRED IMPORTED_TARGET hiredis)
# It asks for 64-bit file offsets, which our 64-bit machines have anyway; as a flag of one library
# alone it would make the precompiled header unfit for it.
set_target_properties(PkgConfig::HIREDIS PROPERTIES INTERFACE_COMPILE_OPTIONS "")
pkg_check_modules(SYSTEMD REQUIRED IMPORTED_TARGET libsystemd)
pkg_check_modules(ELF REQUIRED IMPORTED_TARGET libelf)

# One allocator of definitions for the whole program: Boost.DLL without Boost.Filesystem, and never
# BOOST_ASIO_NO_DEPRECATED, which websocketpp cannot live with and which must not differ between units.
add_compile_definitions(BOOST_DLL_USE_STD_FS BOOST_ALLOW_DEPRECATED_HEADERS)

# websocketpp 0.8.2 names constructors by template-id, which C++20 forbids. Three headers are corrected
# into the build tree; the corrected copies shadow the originals.
add_library(everbit_websocketpp INTERFACE)
set(wspp_compat "${CMAKE_BINARY_DIR}/websocketpp-cxx20")
function(everbit_fix_websocketpp header declarator)
  file(READ "${WEBSOCKETPP_INCLUDE_DIR}/websocketpp/${header}" text)
  string(REGEX MATCH "^([a-z]+)<" matched "${declarator}")
  set(class_name "${CMAKE_MATCH_1}")
  string(REPLACE "    ${declarator}(" "    ${class_name}(" text "${text}")
  string(REPLACE "~${declarator}()" "~${class_name}()" text "${text}")
  file(CONFIGURE OUTPUT "${wspp_compat}/websocketpp/${header}" CONTENT "${text}" @ONLY)
endfunction()
everbit_fix_websocketpp(logger/basic.hpp "basic<concurrency,names>")
everbit_fix_websocketpp(endpoint.hpp "endpoint<connection,config>")
everbit_fix_websocketpp(roles/server_endpoint.hpp "server<config>")
target_include_directories(everbit_websocketpp SYSTEM BEFORE INTERFACE "${wspp_compat}")
target_compile_definitions(everbit_websocketpp INTERFACE _WEBSOCKETPP_CPP11_STL_)
target_link_libraries(everbit_websocketpp INTERFACE Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
