# SPDX-License-Identifier: Apache-2.0
# For projects that use an installed PlugBroker (the samples, tests/integration/find_package): the same cross-compiler,
# and packages are also looked for below CMAKE_PREFIX_PATH, as they are without a toolchain file.

include(${CMAKE_CURRENT_LIST_DIR}/mingw-w64-x86_64.cmake)
list(APPEND CMAKE_FIND_ROOT_PATH ${CMAKE_PREFIX_PATH})
