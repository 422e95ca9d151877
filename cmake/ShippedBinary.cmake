# SPDX-License-Identifier: Apache-2.0
# What every program and DLL that is shipped has: a version resource, made from project(VERSION), and a record of the
# libraries that were linked into it, from which packaging/sbom.py tells what third-party code it contains.

include_guard(GLOBAL)
set(PLUGBROKER_VERSION_RESOURCE_TEMPLATE ${CMAKE_CURRENT_LIST_DIR}/version.rc.in)
set(PLUGBROKER_LINK_MAPS ${PROJECT_BINARY_DIR}/sbom/link_maps)

# plugbroker_shipped_binary(<target> DESCRIPTION <text>)
# DESCRIPTION is what Windows shows in the file's properties. Does nothing on other systems.
function(plugbroker_shipped_binary target)
  cmake_parse_arguments(arg "" "DESCRIPTION" "" ${ARGN})
  if(NOT arg_DESCRIPTION)
    message(FATAL_ERROR "${target} is shipped and has no DESCRIPTION (see cmake/ShippedBinary.cmake)")
  endif()
  if(NOT WIN32)
    return()
  endif()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "EXECUTABLE")
    set(file_type VFT_APP)
    set(file_name ${target}.exe)
  else()
    set(file_type VFT_DLL)
    set(file_name ${target}.dll)
  endif()
  set(resource ${CMAKE_CURRENT_BINARY_DIR}/${target}_version.rc)
  configure_file(${PLUGBROKER_VERSION_RESOURCE_TEMPLATE} ${resource} @ONLY)
  # A target of its own: the compiler's warning flags are nothing for a resource compiler.
  add_library(${target}_version OBJECT ${resource})
  target_sources(${target} PRIVATE $<TARGET_OBJECTS:${target}_version>)
  if(MINGW)
    file(MAKE_DIRECTORY ${PLUGBROKER_LINK_MAPS})
    target_link_options(${target} PRIVATE -Wl,-Map,${PLUGBROKER_LINK_MAPS}/${file_name}.map)
  endif()
endfunction()
