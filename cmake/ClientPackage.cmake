# SPDX-License-Identifier: Apache-2.0
# Staging of the client library and of its CMake package, so that a plugin's project says
#   find_package(PlugBroker CONFIG REQUIRED)
#   target_link_libraries(my_plugin PRIVATE PlugBroker::plugbroker)         # the DLL
#   target_link_libraries(my_plugin PRIVATE PlugBroker::plugbroker_static)  # nothing to ship
# The static library is C++ inside: a project that links it enables CXX, even when its own sources are C.

include_guard(GLOBAL)
include(CMakePackageConfigHelpers)
set(PLUGBROKER_PACKAGE_TEMPLATE ${CMAKE_CURRENT_LIST_DIR}/PlugBrokerConfig.cmake.in)

# plugbroker_install_client_library(HEADERS <folder> [SYSTEM_LIBRARIES <libraries>])
#
# Expects the target `plugbroker` (the DLL). Makes `plugbroker_static`, if there is none, from the objects of the
# layers client_lib, protocol and base, so that it needs nothing else of ours. Stages both, the folder
# HEADERS/plugbroker into include/plugbroker, and the CMake package. SYSTEM_LIBRARIES are those of Windows that a user
# of the static library has to link. Does nothing on other systems, where the library is never staged.
function(plugbroker_install_client_library)
  cmake_parse_arguments(arg "" "HEADERS" "SYSTEM_LIBRARIES" ${ARGN})
  if(NOT WIN32)
    return()
  endif()
  if(NOT TARGET plugbroker_static)
    add_library(plugbroker_static STATIC
      $<TARGET_OBJECTS:plugbroker_client_lib> $<TARGET_OBJECTS:plugbroker_protocol> $<TARGET_OBJECTS:plugbroker_base>)
    set_target_properties(plugbroker_static PROPERTIES LINKER_LANGUAGE CXX)
  endif()
  if(MINGW)
    set_target_properties(plugbroker PROPERTIES PREFIX "")  # plugbroker.dll, as on every Windows
  endif()

  plugbroker_shipped_binary(plugbroker DESCRIPTION "PlugBroker client library")
  add_dependencies(plugbroker_product plugbroker plugbroker_static)
  install(TARGETS plugbroker plugbroker_static
    RUNTIME DESTINATION bin COMPONENT product
    ARCHIVE DESTINATION lib COMPONENT product)
  get_filename_component(headers ${arg_HEADERS} ABSOLUTE)
  install(DIRECTORY ${headers}/plugbroker DESTINATION include COMPONENT product)

  set(package ${PROJECT_BINARY_DIR}/package)
  set(PLUGBROKER_SYSTEM_LIBRARIES ${arg_SYSTEM_LIBRARIES})
  configure_file(${PLUGBROKER_PACKAGE_TEMPLATE} ${package}/PlugBrokerConfig.cmake.gen @ONLY)
  file(GENERATE OUTPUT ${package}/PlugBrokerConfig.cmake INPUT ${package}/PlugBrokerConfig.cmake.gen)
  write_basic_package_version_file(${package}/PlugBrokerConfigVersion.cmake
    VERSION ${PROJECT_VERSION} COMPATIBILITY SameMajorVersion)
  install(FILES ${package}/PlugBrokerConfig.cmake ${package}/PlugBrokerConfigVersion.cmake
    DESTINATION lib/cmake/PlugBroker COMPONENT product)
endfunction()
