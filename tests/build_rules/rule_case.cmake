# SPDX-License-Identifier: Apache-2.0
# One case of the rule checks; see plugbroker_rule_case. The check is run with a stamp, as builds do: once on the clean
# tree, then with the file added, and once more, because a violation must not be forgotten after it was reported.

set(spdx "// SPDX-License-Identifier: Apache-2.0\n")
set(tree ${WORK}/tree)
file(REMOVE_RECURSE ${WORK})
file(WRITE ${tree}/broker_core/base/clean.h "${spdx}#pragma once\n#include <string>\n")
file(WRITE ${tree}/broker_core/engine/clean.cpp "${spdx}#include \"broker_core/protocol/x.h\"\n")
file(WRITE ${tree}/CMakeLists.txt "# SPDX-License-Identifier: Apache-2.0\n")

function(run_check status output)
  execute_process(COMMAND ${CMAKE_COMMAND} -D ROOT=${tree} -D STAMP=${WORK}/stamp -P ${CHECK}
    RESULT_VARIABLE result OUTPUT_VARIABLE text ERROR_VARIABLE text)
  # CMake wraps its messages.
  string(REGEX REPLACE "[ \n]+" " " text "${text}")
  set(${status} ${result} PARENT_SCOPE)
  set(${output} "${text}" PARENT_SCOPE)
endfunction()

run_check(status output)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "the clean tree did not pass: ${output}")
endif()

set(content "${spdx}")
if(WITHOUT_SPDX)
  set(content "")
endif()
foreach(line IN LISTS LINES)
  string(APPEND content "${line}\n")
endforeach()
if(PAD)
  math(EXPR blank "${PAD} - 1")
  string(REPEAT "\n" ${blank} padding)
  string(APPEND content "${padding}")
endif()
string(REPLACE "[q]" "\"" content "${content}")
string(REPLACE "@SEMICOLON@" ";" content "${content}")
file(WRITE ${tree}/${FILE} "${content}")

foreach(round first second)
  run_check(status output)
  if(EXPECT STREQUAL "")
    if(NOT status EQUAL 0)
      message(FATAL_ERROR "${FILE} should have passed (${round} run): ${output}")
    endif()
  else()
    string(FIND "${output}" "${EXPECT}" position)
    if(status EQUAL 0 OR position EQUAL -1)
      message(FATAL_ERROR "${FILE} should have failed with '${EXPECT}' (${round} run): status ${status}: ${output}")
    endif()
  endif()
endforeach()
