# SPDX-License-Identifier: Apache-2.0
# C# projects in the build: published once per build folder, and again when one of their inputs changed. A native
# folder publishes for its own system, a cross-built one self-contained for win-x64.

include_guard(GLOBAL)

if(CMAKE_CROSSCOMPILING OR WIN32)
  set(PLUGBROKER_DOTNET_RID win-x64)
else()
  set(PLUGBROKER_DOTNET_RID linux-x64)
endif()
# One at a time: concurrent runs would share the intermediate files of worker_sdk.
set_property(GLOBAL APPEND PROPERTY JOB_POOLS plugbroker_dotnet=1)

# Sets `result` to the dotnet command with the switches that every call has: nothing stays behind in the background
# (it would hold our output open), and intermediate files are kept apart per runtime identifier.
function(plugbroker_dotnet_command verb result)
  find_program(PLUGBROKER_DOTNET_PROGRAM dotnet)
  if(NOT PLUGBROKER_DOTNET_PROGRAM)
    message(FATAL_ERROR "The .NET SDK 10 was not found (-DPLUGBROKER_DOTNET=OFF builds without the C# parts)")
  endif()
  set(artifacts ${PROJECT_SOURCE_DIR}/build/dotnet/artifacts-${PLUGBROKER_DOTNET_RID})
  # The analyzers take nearly half of a compilation and say the same for every system: the native build has them.
  set(analyzers "")
  if(CMAKE_CROSSCOMPILING)
    set(analyzers -p:RunAnalyzers=false)
  endif()
  set(${result}
    ${CMAKE_COMMAND} -E env DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
    ${PLUGBROKER_DOTNET_PROGRAM} ${verb} -c Release --nologo -v quiet -nodeReuse:false
    -p:UseSharedCompilation=false -p:Version=${PROJECT_VERSION}
    --artifacts-path ${artifacts} -p:PlugBrokerDotnetBuild=${artifacts} ${analyzers}
    PARENT_SCOPE)
endfunction()

# Sets `result` to the files that a project is made of: its own folder's and those of worker_sdk's libraries.
function(plugbroker_dotnet_inputs project result)
  get_filename_component(folder ${project} DIRECTORY)
  set(patterns "")
  foreach(root ${folder} ${PROJECT_SOURCE_DIR}/worker_sdk)
    foreach(name *.cs *.csproj *.projitems *.props *.targets *.resx *.json *.txt)
      list(APPEND patterns ${root}/${name})
    endforeach()
  endforeach()
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${patterns})
  list(APPEND files ${PROJECT_SOURCE_DIR}/docs/PROTOCOL.md ${PROJECT_SOURCE_DIR}/worker_sdk/README.md)  # tests read these
  list(FILTER files EXCLUDE REGEX "/(bin|obj)/")
  set(${result} ${files} PARENT_SCOPE)
endfunction()

# plugbroker_dotnet_publish(NAME <name> PROJECT <csproj> OUTPUT <folder> [FRAMEWORK <tfm>])
# Publishes into OUTPUT (an absolute path) as a part of `all`; the target is plugbroker_dotnet_<name>.
function(plugbroker_dotnet_publish)
  cmake_parse_arguments(arg "" "NAME;PROJECT;OUTPUT;FRAMEWORK" "" ${ARGN})
  if(NOT PLUGBROKER_DOTNET)
    return()
  endif()
  get_filename_component(project ${arg_PROJECT} ABSOLUTE)
  set(options -r ${PLUGBROKER_DOTNET_RID} -o ${arg_OUTPUT})
  if(PLUGBROKER_DOTNET_RID STREQUAL "win-x64")
    list(APPEND options --self-contained true)
  else()
    list(APPEND options --self-contained false)
  endif()
  if(arg_FRAMEWORK)
    list(APPEND options -f ${arg_FRAMEWORK})
  endif()
  plugbroker_dotnet_command(publish dotnet)
  plugbroker_dotnet_inputs(${project} inputs)
  set(stamp ${CMAKE_CURRENT_BINARY_DIR}/${arg_NAME}.published)
  add_custom_command(OUTPUT ${stamp}
    COMMAND ${dotnet} ${project} ${options}
    COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
    DEPENDS ${inputs}
    JOB_POOL plugbroker_dotnet
    COMMENT "Publishing ${arg_NAME} for ${PLUGBROKER_DOTNET_RID}"
    VERBATIM)
  add_custom_target(plugbroker_dotnet_${arg_NAME} ALL DEPENDS ${stamp})
  add_dependencies(plugbroker_dotnet_${arg_NAME} plugbroker_rules)
endfunction()

# plugbroker_dotnet_test(NAME <name> PROJECT <csproj> [LABELS ...] [TIMEOUT <s>] [FRAMEWORK <tfm>])
# An xunit.v3 project (which is a program of its own) as one ctest case, <preset's prefix>csharp/<name>. Under a
# cross-built preset the win-x64 program runs under Wine. There an exception that leaves a method called by reflection
# hangs .NET: a failing test that isn't `async Task` shows as a time-out, and Assert.Skip needs an `async Task` test.
function(plugbroker_dotnet_test)
  cmake_parse_arguments(arg "" "NAME;PROJECT;TIMEOUT;FRAMEWORK" "LABELS" ${ARGN})
  if(NOT PLUGBROKER_DOTNET OR NOT BUILD_TESTING)
    return()
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS quick)
    if(CMAKE_CROSSCOMPILING)  # Run natively by the quick ones.
      set(arg_LABELS full)
    endif()
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  set(output ${PROJECT_SOURCE_DIR}/build/dotnet/${PLUGBROKER_DOTNET_RID}/${arg_NAME})
  plugbroker_dotnet_publish(NAME ${arg_NAME} PROJECT ${arg_PROJECT} OUTPUT ${output} FRAMEWORK ${arg_FRAMEWORK})
  get_filename_component(assembly ${arg_PROJECT} NAME_WLE)
  if(PLUGBROKER_DOTNET_RID STREQUAL "win-x64")
    set(command ${CMAKE_CROSSCOMPILING_EMULATOR} ${output}/${assembly}.exe)
  else()
    set(command ${output}/${assembly})
  endif()
  set(test "${PLUGBROKER_TEST_PREFIX}csharp/${arg_NAME}")
  add_test(NAME "${test}" COMMAND ${command} -noColor -noLogo WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties("${test}" PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
endfunction()

# plugbroker_dotnet_pack(NAME <name> PROJECT <csproj>)
# Packs a NuGet package and stages it into share/nuget/. Windows folders only: that is where the product is staged.
function(plugbroker_dotnet_pack)
  cmake_parse_arguments(arg "" "NAME;PROJECT" "" ${ARGN})
  if(NOT PLUGBROKER_DOTNET OR NOT WIN32)
    return()
  endif()
  get_filename_component(project ${arg_PROJECT} ABSOLUTE)
  plugbroker_dotnet_command(pack dotnet)
  plugbroker_dotnet_inputs(${project} inputs)
  set(packages ${PROJECT_BINARY_DIR}/nuget)
  set(stamp ${CMAKE_CURRENT_BINARY_DIR}/${arg_NAME}.packed)
  add_custom_command(OUTPUT ${stamp}
    COMMAND ${dotnet} ${project} -o ${packages}
    COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
    DEPENDS ${inputs}
    JOB_POOL plugbroker_dotnet
    COMMENT "Packing ${arg_NAME}"
    VERBATIM)
  add_custom_target(plugbroker_pack_${arg_NAME} ALL DEPENDS ${stamp})
  add_dependencies(plugbroker_pack_${arg_NAME} plugbroker_rules)
  add_dependencies(plugbroker_product plugbroker_pack_${arg_NAME})
  install(DIRECTORY ${packages}/ DESTINATION share/nuget COMPONENT product
    FILES_MATCHING PATTERN "*.nupkg" PATTERN "*.snupkg")
endfunction()
