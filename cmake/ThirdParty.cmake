# SPDX-License-Identifier: Apache-2.0
# What of other people's code is in the shipped binaries: its licences are staged into share/licenses, and
# packaging/third_party.json.in, with the versions of this build, is what packaging/sbom.py reads.

include_guard(GLOBAL)

# plugbroker_license(<name> <file>): stages a licence as share/licenses/<name>.txt.
function(plugbroker_license name file)
  if(NOT EXISTS ${file})
    message(FATAL_ERROR "The licence of ${name} is not at ${file}; without it nothing may be shipped")
  endif()
  install(FILES ${file} DESTINATION share/licenses RENAME ${name}.txt COMPONENT product)
endfunction()

# Sets `result` to the first group of `regex` in what the preprocessor makes of <_mingw.h>, `-dM`.
function(plugbroker_mingw_macro name result)
  execute_process(COMMAND ${CMAKE_C_COMPILER} -E -dM -include _mingw.h -x c /dev/null
    OUTPUT_VARIABLE macros COMMAND_ERROR_IS_FATAL ANY)
  if(NOT macros MATCHES "#define ${name} ([0-9]+)")
    message(FATAL_ERROR "_mingw.h does not define ${name}")
  endif()
  set(${result} ${CMAKE_MATCH_1} PARENT_SCOPE)
endfunction()

# Debian's mingw compiler says 12.0.0 of itself; its package knows better.
function(plugbroker_gcc_version result)
  set(version ${CMAKE_CXX_COMPILER_VERSION})
  execute_process(COMMAND dpkg-query -W "-f=\${Version}" g++-mingw-w64-x86-64-posix OUTPUT_VARIABLE package ERROR_QUIET)
  if(package MATCHES "^([0-9]+\\.[0-9.]+)-")
    set(version ${CMAKE_MATCH_1})
  endif()
  set(${result} ${version} PARENT_SCOPE)
endfunction()

# The version that zlib's code has in it, as Poco carries it.
function(plugbroker_bundled_zlib_version result)
  get_target_property(library Poco::Foundation IMPORTED_LOCATION_RELEASE)
  file(STRINGS ${library} lines REGEX " deflate [0-9.]+ Copyright" LIMIT_COUNT 1)
  if(NOT lines MATCHES " deflate ([0-9.]+) Copyright")
    message(FATAL_ERROR "${library} does not say which zlib is in it")
  endif()
  set(${result} ${CMAKE_MATCH_1} PARENT_SCOPE)
endfunction()

# Stages the licences and writes sbom/third_party.json. Windows only: nothing else is shipped.
function(plugbroker_third_party)
  if(NOT WIN32)
    return()
  endif()
  if(MINGW)
    set(debian /usr/share/doc)
    plugbroker_license(poco ${debian}/libpoco-dev/copyright)
    plugbroker_license(gcc-runtime ${debian}/g++-mingw-w64-x86-64-posix/copyright)
    plugbroker_license(mingw-w64 ${debian}/mingw-w64-x86-64-dev/copyright)
    plugbroker_license(boost ${PROJECT_SOURCE_DIR}/packaging/licenses/boost.txt)

    plugbroker_mingw_macro(__MINGW64_VERSION_MAJOR major)
    plugbroker_mingw_macro(__MINGW64_VERSION_MINOR minor)
    plugbroker_mingw_macro(__MINGW64_VERSION_BUGFIX bugfix)
    set(mingw_version ${major}.${minor}.${bugfix})
    plugbroker_gcc_version(gcc_version)
    plugbroker_bundled_zlib_version(zlib_version)
    set(boost_version ${boost_json_VERSION})
    configure_file(${PROJECT_SOURCE_DIR}/packaging/third_party.json.in ${PROJECT_BINARY_DIR}/sbom/third_party.json @ONLY)
  else()
    # vcpkg puts each port's licence beside it. Never executed, as everything for MSVC.
    foreach(port poco boost-json boost-program-options)
      plugbroker_license(${port} ${VCPKG_INSTALLED_DIR}/${VCPKG_TARGET_TRIPLET}/share/${port}/copyright)
    endforeach()
  endif()
endfunction()
