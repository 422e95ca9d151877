# SPDX-License-Identifier: Apache-2.0
# One case of the link check; see plugbroker_link_case. Configures trees/link, which makes what CASE names.

file(REMOVE_RECURSE ${WORK})
execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${TREE} -B ${WORK} -G ${GENERATOR} -D CMAKE_CXX_COMPILER=${COMPILER} -D CASE=${CASE}
  RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
string(REGEX REPLACE "[ \n]+" " " text "${text}")

if(EXPECT STREQUAL "")
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "should have configured: ${text}")
  endif()
else()
  string(FIND "${text}" "${EXPECT}" position)
  if(status EQUAL 0 OR position EQUAL -1)
    message(FATAL_ERROR "should have failed with '${EXPECT}': status ${status}: ${text}")
  endif()
endif()
