# SPDX-License-Identifier: Apache-2.0
# C# projects in the build: published once per build folder, and again when one of their inputs changed. A native
# folder publishes for its own system, a cross-built one self-contained for win-x64. All packages are made by one call
# of MSBuild and all programs by another, since each call costs as much as a project does.

include_guard(GLOBAL)

if(CMAKE_CROSSCOMPILING OR WIN32)
  set(PLUGBROKER_DOTNET_RID win-x64)
else()
  set(PLUGBROKER_DOTNET_RID linux-x64)
endif()
# One at a time: concurrent runs would share the intermediate files of worker_sdk.
set_property(GLOBAL APPEND PROPERTY JOB_POOLS plugbroker_dotnet=1)

if(PLUGBROKER_DOTNET)
  find_program(PLUGBROKER_DOTNET_PROGRAM dotnet)
  if(NOT PLUGBROKER_DOTNET_PROGRAM)
    message(FATAL_ERROR "The .NET SDK 10 was not found (-DPLUGBROKER_DOTNET=OFF builds without the C# parts)")
  endif()
endif()

# Sets `result` to a call of MSBuild with the switches that every call has: nothing stays behind in the background
# (it would hold our output open), and intermediate files are kept apart per runtime identifier.
function(plugbroker_dotnet_command result)
  set(artifacts ${PROJECT_SOURCE_DIR}/build/dotnet/artifacts-${PLUGBROKER_DOTNET_RID})
  # The analyzers take nearly half of a compilation and say the same for every system: the native build has them.
  set(analyzers "")
  if(CMAKE_CROSSCOMPILING)
    set(analyzers -p:RunAnalyzers=false)
  endif()
  set(${result}
    ${CMAKE_COMMAND} -E env DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
    ${PLUGBROKER_DOTNET_PROGRAM} msbuild -nologo -v:quiet -nodeReuse:false -p:UseSharedCompilation=false
    -p:Configuration=Release -p:Version=${PROJECT_VERSION} -p:PlugBrokerDotnetBuild=${artifacts}
    -p:ArtifactsPath=${artifacts} -p:UseArtifactsOutput=true -p:_CommandLineDefinedArtifactsPath=true ${analyzers}
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

# plugbroker_dotnet_call(NAME <name> TARGET <msbuild target> PROJECTS <csproj> ... PROPERTIES <p=v|...> ...)
# One call of MSBuild for these projects, each with the properties at the same place of the other list, as the target
# plugbroker_dotnet_<name>.
function(plugbroker_dotnet_call)
  cmake_parse_arguments(arg "" "NAME;TARGET" "PROJECTS;PROPERTIES" ${ARGN})
  set(items "")
  set(inputs "")
  foreach(project properties IN ZIP_LISTS arg_PROJECTS arg_PROPERTIES)
    string(REPLACE "|" ";" properties "${properties}")
    string(APPEND items "    <Part Include=\"${project}\" AdditionalProperties=\"${properties}\" />\n")
    plugbroker_dotnet_inputs(${project} some)
    list(APPEND inputs ${some})
  endforeach()
  list(REMOVE_DUPLICATES inputs)
  set(file ${PROJECT_BINARY_DIR}/dotnet_${arg_NAME}.proj)
  # Each project is restored by itself, before any is built: those that refer to the same library share its files.
  file(CONFIGURE OUTPUT ${file} CONTENT "<Project>
  <ItemGroup>
${items}  </ItemGroup>
  <Target Name=\"All\">
    <MSBuild Projects=\"@(Part)\" Targets=\"Restore\" Properties=\"MSBuildRestoreSessionId=restore\" />
    <MSBuild Projects=\"@(Part)\" Targets=\"${arg_TARGET}\" />
  </Target>
</Project>
" @ONLY)
  plugbroker_dotnet_command(dotnet)
  set(stamp ${PROJECT_BINARY_DIR}/dotnet_${arg_NAME}.done)
  add_custom_command(OUTPUT ${stamp}
    COMMAND ${dotnet} -t:All ${file}
    COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
    DEPENDS ${inputs} ${file}
    JOB_POOL plugbroker_dotnet
    COMMENT "C#: ${arg_NAME} for ${PLUGBROKER_DOTNET_RID}"
    VERBATIM)
  add_custom_target(plugbroker_dotnet_${arg_NAME} ALL DEPENDS ${stamp})
  add_dependencies(plugbroker_dotnet_${arg_NAME} plugbroker_rules)
endfunction()

# plugbroker_dotnet_publish(NAME <name> PROJECT <csproj> OUTPUT <folder> [FRAMEWORK <tfm>] [ALONE])
# Publishes into OUTPUT (an absolute path) as a part of `all`, with all others, or ALONE as the target
# plugbroker_dotnet_<name>.
function(plugbroker_dotnet_publish)
  cmake_parse_arguments(arg "ALONE" "NAME;PROJECT;OUTPUT;FRAMEWORK" "" ${ARGN})
  if(NOT PLUGBROKER_DOTNET)
    return()
  endif()
  get_filename_component(project ${arg_PROJECT} ABSOLUTE)
  set(self_contained false)
  if(PLUGBROKER_DOTNET_RID STREQUAL "win-x64")
    set(self_contained true)
  endif()
  set(properties "RuntimeIdentifier=${PLUGBROKER_DOTNET_RID}|_CommandLineDefinedRuntimeIdentifier=true")
  string(APPEND properties "|SelfContained=${self_contained}|_CommandLineDefinedSelfContained=true")
  string(APPEND properties "|PublishDir=${arg_OUTPUT}/")
  if(arg_FRAMEWORK)
    string(APPEND properties "|TargetFramework=${arg_FRAMEWORK}")
  endif()
  if(arg_ALONE)
    plugbroker_dotnet_call(NAME ${arg_NAME} TARGET Publish PROJECTS ${project} PROPERTIES ${properties})
  else()
    set_property(GLOBAL APPEND PROPERTY PLUGBROKER_DOTNET_PROGRAMS ${project})
    set_property(GLOBAL APPEND PROPERTY PLUGBROKER_DOTNET_PROGRAM_PROPERTIES ${properties})
  endif()
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

# plugbroker_dotnet_pack(PROJECT <csproj>)
# Packs a NuGet package and stages it into share/nuget/. Windows folders only: that is where the product is staged.
function(plugbroker_dotnet_pack)
  cmake_parse_arguments(arg "" "PROJECT" "" ${ARGN})
  if(NOT PLUGBROKER_DOTNET OR NOT WIN32)
    return()
  endif()
  get_filename_component(project ${arg_PROJECT} ABSOLUTE)
  set_property(GLOBAL APPEND PROPERTY PLUGBROKER_DOTNET_PACKAGES ${project})
  set_property(GLOBAL APPEND PROPERTY PLUGBROKER_DOTNET_PACKAGE_PROPERTIES
    "PackageOutputPath=${PROJECT_BINARY_DIR}/nuget/")
endfunction()

# Builds what plugbroker_dotnet_pack, _publish and _test have named. Once, at the end.
function(plugbroker_dotnet_build)
  foreach(kind IN ITEMS package program)
    string(TOUPPER ${kind} upper)
    get_property(projects GLOBAL PROPERTY PLUGBROKER_DOTNET_${upper}S)
    get_property(properties GLOBAL PROPERTY PLUGBROKER_DOTNET_${upper}_PROPERTIES)
    if(NOT projects)
      continue()
    endif()
    if(kind STREQUAL "package")
      set(target Pack)
    else()
      set(target Publish)
    endif()
    plugbroker_dotnet_call(NAME ${kind}s TARGET ${target} PROJECTS ${projects} PROPERTIES ${properties})
  endforeach()
  if(TARGET plugbroker_dotnet_packages)
    add_dependencies(plugbroker_product plugbroker_dotnet_packages)
    install(DIRECTORY ${PROJECT_BINARY_DIR}/nuget/ DESTINATION share/nuget COMPONENT product
      FILES_MATCHING PATTERN "*.nupkg" PATTERN "*.snupkg")
  endif()
endfunction()
