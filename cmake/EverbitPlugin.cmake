# everbit_add_plugin(NAME KIND strategy|exchange|auth|notifier|event_bus SOURCES a.cpp … [LINK lib …]):
# a shared object that exports exactly one symbol, its entry. It lands in <build>/plugins/NAME.so and
# the build fails unless everbit-plugin-audit finds nothing, by the same rules as the loader.
#
# For the broken plugins of tests: NO_AUDIT leaves the check away, OUTPUT_DIRECTORY puts it elsewhere,
# EXPORTS names another version script.

set(EVERBIT_PLUGIN_EXPORTS "${CMAKE_CURRENT_LIST_DIR}/plugin-exports.map")

function(everbit_add_plugin name)
  cmake_parse_arguments(ARG "NO_AUDIT" "KIND;OUTPUT_DIRECTORY;EXPORTS" "SOURCES;LINK" ${ARGN})
  if(NOT ARG_KIND MATCHES "^(strategy|exchange|auth|notifier|event_bus)$")
    message(FATAL_ERROR "${name}: KIND must be strategy, exchange, auth, notifier or event_bus")
  endif()
  if(NOT ARG_OUTPUT_DIRECTORY)
    set(ARG_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/plugins")
  endif()
  if(NOT ARG_EXPORTS)
    set(ARG_EXPORTS "${EVERBIT_PLUGIN_EXPORTS}")
  endif()

  add_library(${name} MODULE ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE everbit_plugin_api ${ARG_LINK} everbit_warnings)
  set_target_properties(${name} PROPERTIES
    PREFIX ""
    SUFFIX ".so"
    LIBRARY_OUTPUT_DIRECTORY "${ARG_OUTPUT_DIRECTORY}"
    C_VISIBILITY_PRESET hidden
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    SKIP_BUILD_RPATH ON
    INSTALL_RPATH ""
    LINK_DEPENDS "${ARG_EXPORTS}"
    EVERBIT_PLUGIN_KIND "${ARG_KIND}")
  # UNIQUE symbols would be shared with the host and pin the library.
  target_compile_options(${name} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  target_link_options(${name} PRIVATE
    "LINKER:--version-script=${ARG_EXPORTS}"
    "LINKER:--exclude-libs,ALL" "LINKER:-z,now" "LINKER:-z,relro" "LINKER:-z,noexecstack"
    "LINKER:--build-id=sha1" "LINKER:--as-needed")
  # A sanitizer's runtime is found in the program that loads the plugin.
  if(NOT EVERBIT_SANITIZER)
    target_link_options(${name} PRIVATE "LINKER:-z,defs")
  endif()

  if(NOT ARG_NO_AUDIT)
    add_dependencies(${name} everbit-plugin-audit)
    add_custom_command(TARGET ${name} POST_BUILD
      COMMAND everbit-plugin-audit --kind ${ARG_KIND} "$<TARGET_FILE:${name}>"
      COMMENT "Auditing the symbols of ${name}.so" VERBATIM)
  endif()
endfunction()
