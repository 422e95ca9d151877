# SPDX-License-Identifier: Apache-2.0
# Installs the packed NuGet packages into a new project, without any other source than the cache, and runs it.
# cmake -D packages=<folder of nupkg files> -D version=<version> -D work=<scratch folder> -D dotnet=<program> -P run.cmake
cmake_minimum_required(VERSION 3.25)

set(environment DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1)

function(run)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env ${environment} ${dotnet} ${ARGN}
    WORKING_DIRECTORY ${work} RESULT_VARIABLE result COMMAND_ECHO STDOUT)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "dotnet ${ARGN}: ${result}")
  endif()
endfunction()

execute_process(COMMAND ${CMAKE_COMMAND} -E env ${environment} ${dotnet} nuget locals global-packages --list
  OUTPUT_VARIABLE cache COMMAND_ERROR_IS_FATAL ANY)
string(REGEX REPLACE "^.*global-packages: *([^\r\n]+).*$" "\\1" cache "${cache}")

file(REMOVE_RECURSE ${work})
set(here ${CMAKE_CURRENT_LIST_DIR}/consumer)
configure_file(${here}/Consumer.csproj.in ${work}/Consumer.csproj @ONLY)
configure_file(${here}/nuget.config.in ${work}/nuget.config @ONLY)
file(COPY ${here}/Calling.cs ${here}/Program.cs DESTINATION ${work})
# Nothing of the tree around the scratch folder is to be found.
file(WRITE ${work}/Directory.Build.props "<Project />\n")
file(WRITE ${work}/Directory.Build.targets "<Project />\n")

run(build Consumer.csproj -c Release --nologo -v quiet -nodeReuse:false -p:UseSharedCompilation=false)
run(bin/Release/net10.0/Consumer.dll)
