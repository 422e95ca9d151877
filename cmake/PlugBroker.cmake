# SPDX-License-Identifier: Apache-2.0
# The functions that every CMakeLists.txt of this project uses. Each target they make has the project's flags, the
# repository root as its only include folder, and waits for the rule checks.

include_guard(GLOBAL)
include(${CMAKE_CURRENT_LIST_DIR}/layers.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/CompilerFlags.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/Dotnet.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/ClientPackage.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/ShippedBinary.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/ThirdParty.cmake)

# The rule checks (cmake/check_rules.cmake), run in every build; only files that changed are read again.
add_custom_target(plugbroker_rules ALL
  COMMAND ${CMAKE_COMMAND} -D ROOT=${PROJECT_SOURCE_DIR} -D STAMP=${PROJECT_BINARY_DIR}/rules.stamp
          -P ${CMAKE_CURRENT_LIST_DIR}/check_rules.cmake
  COMMENT "Checking the rules for sources"
  VERBATIM)

# All that is staged; tests are not part of it.
add_custom_target(plugbroker_product)

# Stops CMake when `layer` may not link `dependency` (a layer's name).
function(plugbroker_check_layer_link layer dependency)
  if(NOT layer IN_LIST PLUGBROKER_LAYERS)
    message(FATAL_ERROR "'${layer}' is not a layer (see cmake/layers.cmake)")
  endif()
  if(NOT dependency IN_LIST PLUGBROKER_LAYERS)
    message(FATAL_ERROR "layer '${layer}' depends on '${dependency}', which is not a layer (see cmake/layers.cmake)")
  endif()
  if(NOT dependency STREQUAL layer AND NOT dependency IN_LIST PLUGBROKER_ALLOWED_${layer})
    message(FATAL_ERROR "layer '${layer}' may not link '${dependency}' (see cmake/layers.cmake)")
  endif()
endfunction()

# Stops CMake when `layer` may not link the third-party target `library`.
function(plugbroker_check_library_link layer library)
  if(library MATCHES "^Poco::")
    set(allowed ${PLUGBROKER_LINK_LAYERS_Poco})
  elseif(library MATCHES "^Boost::")
    set(allowed ${PLUGBROKER_LINK_LAYERS_${library}})
  else()
    return()
  endif()
  if(NOT layer IN_LIST allowed)
    message(FATAL_ERROR "layer '${layer}' may not link ${library} (see cmake/layers.cmake)")
  endif()
endfunction()

# What layers, programs and tests have in common.
function(plugbroker_prepare_target target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:plugbroker_flags>)
  add_dependencies(${target} plugbroker_rules)
endfunction()

# The same for a target whose sources are tests or their harness: nearly unoptimized, because a test's own speed is not
# what its compiler's time is for (what it tests keeps the flags of its preset), with tests/precompiled.h, and several
# sources at a time where layers are, too.
function(plugbroker_prepare_test target)
  plugbroker_prepare_target(${target})
  target_link_libraries(${target} PRIVATE plugbroker_test_flags)
  if(PLUGBROKER_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
  endif()
  if(NOT PLUGBROKER_PRECOMPILE_TESTS)
    return()
  endif()
  if(NOT TARGET plugbroker_test_precompiled)
    add_library(plugbroker_test_precompiled OBJECT ${PROJECT_SOURCE_DIR}/tests/precompiled.cpp)
    plugbroker_prepare_target(plugbroker_test_precompiled)
    target_link_libraries(plugbroker_test_precompiled PRIVATE plugbroker_test_flags GTest::gmock GTest::gtest)
    target_precompile_headers(plugbroker_test_precompiled PRIVATE ${PROJECT_SOURCE_DIR}/tests/precompiled.h)
  endif()
  target_precompile_headers(${target} REUSE_FROM plugbroker_test_precompiled)
endfunction()

function(plugbroker_link target)
  cmake_parse_arguments(arg "" "VISIBILITY" "DEPENDS;LIBRARIES" ${ARGN})
  foreach(layer IN LISTS arg_DEPENDS)
    target_link_libraries(${target} ${arg_VISIBILITY} plugbroker_${layer})
  endforeach()
  target_link_libraries(${target} ${arg_VISIBILITY} ${arg_LIBRARIES})
endfunction()

function(plugbroker_check_links layer)
  cmake_parse_arguments(arg "" "" "DEPENDS;LIBRARIES" ${ARGN})
  foreach(dependency IN LISTS arg_DEPENDS)
    plugbroker_check_layer_link(${layer} ${dependency})
  endforeach()
  foreach(library IN LISTS arg_LIBRARIES)
    plugbroker_check_library_link(${layer} ${library})
  endforeach()
endfunction()

# plugbroker_layer(NAME <layer> SOURCES ... DEPENDS <layers> [LIBRARIES <targets>])
# A static library plugbroker_<layer>. Refuses a dependency that the layer table does not allow.
function(plugbroker_layer)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  plugbroker_check_links(${arg_NAME} DEPENDS ${arg_DEPENDS} LIBRARIES ${arg_LIBRARIES})
  set(target plugbroker_${arg_NAME})
  add_library(${target} STATIC ${arg_SOURCES})
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX PLUGBROKER_LAYER ${arg_NAME})
  if(PLUGBROKER_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  endif()
  plugbroker_prepare_target(${target})
  plugbroker_link(${target} VISIBILITY PUBLIC DEPENDS ${arg_DEPENDS} LIBRARIES ${arg_LIBRARIES})
  set_property(GLOBAL APPEND PROPERTY PLUGBROKER_CHECKED_TARGETS ${target})
endfunction()

# plugbroker_program(NAME <exe> LAYER <layer> DESCRIPTION <text> SOURCES ... DEPENDS <layers> [LIBRARIES <targets>])
# A program, staged into bin/. LAYER says which layer's rules it obeys; DESCRIPTION is for cmake/ShippedBinary.cmake.
function(plugbroker_program)
  cmake_parse_arguments(arg "" "NAME;LAYER;DESCRIPTION" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  plugbroker_check_links(${arg_LAYER} DEPENDS ${arg_DEPENDS} LIBRARIES ${arg_LIBRARIES})
  add_executable(${arg_NAME} ${arg_SOURCES})
  set_target_properties(${arg_NAME} PROPERTIES PLUGBROKER_LAYER ${arg_LAYER})
  plugbroker_prepare_target(${arg_NAME})
  plugbroker_link(${arg_NAME} VISIBILITY PRIVATE DEPENDS ${arg_DEPENDS} LIBRARIES ${arg_LIBRARIES})
  plugbroker_shipped_binary(${arg_NAME} DESCRIPTION "${arg_DESCRIPTION}")
  install(TARGETS ${arg_NAME} RUNTIME DESTINATION bin COMPONENT product)
  add_dependencies(plugbroker_product ${arg_NAME})
  set_property(GLOBAL APPEND PROPERTY PLUGBROKER_CHECKED_TARGETS ${arg_NAME})
endfunction()

# plugbroker_unit_test(NAME <exe> SOURCES ... DEPENDS <layers> [LIBRARIES <targets>] [LABELS ...] [TIMEOUT <s>])
# A GoogleTest program; each of its cases is a ctest case named <preset's prefix>/<Suite.Case>. Labels are `quick`
# (the default), `full` or `soak`; more can be added. TIMEOUT is a guard against hanging, 60 s unless told. PROPERTIES
# are further properties of the ctest cases, such as RUN_SERIAL TRUE.
function(plugbroker_unit_test)
  cmake_parse_arguments(arg "" "NAME;TIMEOUT" "SOURCES;DEPENDS;LIBRARIES;LABELS;PROPERTIES" ${ARGN})
  if(NOT BUILD_TESTING)
    return()
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS quick)
    # What has run natively is run with sanitizers and under Wine by the full suite only: thousands of starts.
    set(portable "/tests/(sim|unit/(base|protocol|engine|runtime|config|log|admin|admin_cli|client_lib|install_plan))$")
    if(PLUGBROKER_SANITIZE OR (CMAKE_CROSSCOMPILING AND CMAKE_CURRENT_SOURCE_DIR MATCHES "${portable}"))
      set(arg_LABELS full)
    endif()
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  add_executable(${arg_NAME} ${arg_SOURCES})
  plugbroker_prepare_test(${arg_NAME})
  if("log" IN_LIST arg_DEPENDS)  # Poco redefines macros of the C library, other than those that were precompiled.
    set_target_properties(${arg_NAME} PROPERTIES DISABLE_PRECOMPILE_HEADERS ON)
  endif()
  plugbroker_link(${arg_NAME} VISIBILITY PRIVATE DEPENDS ${arg_DEPENDS}
                  LIBRARIES ${arg_LIBRARIES} GTest::gmock_main GTest::gtest)
  gtest_discover_tests(${arg_NAME}
    DISCOVERY_MODE PRE_TEST
    NO_PRETTY_VALUES
    DISCOVERY_TIMEOUT 60
    TEST_PREFIX "${PLUGBROKER_TEST_PREFIX}"
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    PROPERTIES TIMEOUT ${arg_TIMEOUT})
  # Set afterwards, because gtest_discover_tests cannot pass on a property that is a list.
  list(JOIN arg_PROPERTIES " " properties)
  set(labels_file ${CMAKE_CURRENT_BINARY_DIR}/${arg_NAME}_labels.cmake)
  file(WRITE ${labels_file}
    "set_tests_properties(\${${arg_NAME}_TESTS} PROPERTIES LABELS \"${arg_LABELS}\" ${properties})\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${labels_file})
endfunction()

# plugbroker_add_folders(<folder>...): add_subdirectory for those that have a CMakeLists.txt.
function(plugbroker_add_folders)
  foreach(folder IN LISTS ARGN)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/CMakeLists.txt)
      add_subdirectory(${folder})
    endif()
  endforeach()
endfunction()

# Called when everything is configured: a link that went past plugbroker_layer is found here.
function(plugbroker_verify_links)
  get_property(targets GLOBAL PROPERTY PLUGBROKER_CHECKED_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(layer ${target} PLUGBROKER_LAYER)
    get_target_property(libraries ${target} LINK_LIBRARIES)
    foreach(library IN LISTS libraries)
      if(library MATCHES "^plugbroker_(.+)$" AND CMAKE_MATCH_1 IN_LIST PLUGBROKER_LAYERS)
        plugbroker_check_layer_link(${layer} ${CMAKE_MATCH_1})
      else()
        plugbroker_check_library_link(${layer} "${library}")
      endif()
    endforeach()
  endforeach()
endfunction()
