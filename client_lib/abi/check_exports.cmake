# SPDX-License-Identifier: Apache-2.0
# cmake -D OBJDUMP=<tool> -D DLL=<file> -D SYMBOLS=<file> -D HEADER=<file> -P check_exports.cmake
# Fails unless the DLL exports, and the header declares, exactly the functions in SYMBOLS.

cmake_minimum_required(VERSION 3.25)

file(STRINGS ${SYMBOLS} expected)
list(SORT expected)

execute_process(COMMAND ${OBJDUMP} -p ${DLL} OUTPUT_VARIABLE dump COMMAND_ERROR_IS_FATAL ANY)
string(REGEX REPLACE "^.*\\[Ordinal/Name Pointer\\] Table" "" dump "${dump}")
string(REGEX REPLACE "\n[ \t]*\n.*$" "" dump "${dump}")
# Brackets would keep CMake from seeing where one list entry ends. An entry ends with the name, whatever stands before it.
string(REPLACE "[" "(" dump "${dump}")
string(REPLACE "]" ")" dump "${dump}")
string(REGEX MATCHALL "\\) [^\n\r]+" entries "${dump}")
set(exported "")
foreach(entry IN LISTS entries)
  string(REGEX REPLACE "^.*[ \t]" "" name "${entry}")
  list(APPEND exported "${name}")
endforeach()
list(SORT exported)

file(READ ${HEADER} header)
string(REGEX MATCHALL "PLUGBROKER_ABI[ \n]+plugbroker_[a-z_]+\\(" declarations "${header}")
set(declared "")
foreach(declaration IN LISTS declarations)
  string(REGEX REPLACE "^PLUGBROKER_ABI[ \n]+(plugbroker_[a-z_]+)\\($" "\\1" name "${declaration}")
  list(APPEND declared ${name})
endforeach()
list(SORT declared)

foreach(what exported declared)
  if(NOT ${what} STREQUAL expected)
    list(JOIN expected " " expected_text)
    list(JOIN ${what} " " found_text)
    message(FATAL_ERROR "${what}: ${found_text}\nexpected: ${expected_text}")
  endif()
endforeach()
list(LENGTH expected count)
message(STATUS "${count} symbols, as listed")
