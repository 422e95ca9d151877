# SPDX-License-Identifier: Apache-2.0
# For CMAKE_PROJECT_INCLUDE when Poco is built: compiles its sources a dozen at a time, which takes a fifth of the time.
# Those that would not agree with others in one file are left alone: C, and what has an unnamed namespace or a macro of
# one letter.

set(CMAKE_UNITY_BUILD ON)
set(CMAKE_UNITY_BUILD_BATCH_SIZE 12)

function(leave_some_alone)
  file(GLOB alone ${CMAKE_SOURCE_DIR}/Foundation/src/*.c)
  file(GLOB sources ${CMAKE_SOURCE_DIR}/Foundation/src/*.cpp)
  foreach(source IN LISTS sources)
    file(STRINGS ${source} own REGEX "^[ \t]*namespace[ \t]*({|$)|^[ \t]*#[ \t]*define [A-Z](\\(| )" LIMIT_COUNT 1)
    if(own)
      list(APPEND alone ${source})
    endif()
  endforeach()
  set_source_files_properties(${alone} TARGET_DIRECTORY Foundation PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# When the target is there.
cmake_language(DEFER CALL leave_some_alone)
