// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <cstddef>
#include <cstdint>

namespace plugbroker::test {

/// The handles that `process` (opened with PROCESS_QUERY_INFORMATION and PROCESS_DUP_HANDLE) has open; 0 when they
/// can't be counted. Wine's GetProcessHandleCount says 0, and its server can crash on the system's table of all
/// handles; there every value is tried: one that can be duplicated is open. Values are multiples of four and free ones
/// are used again, so the table of a process is dense.
[[nodiscard]] inline std::size_t count_open_handles(HANDLE process) {
  constexpr std::uintptr_t handle_step = 4;
  constexpr int gap_that_ends_the_table = 512;
  DWORD told = 0;
  if (GetProcessHandleCount(process, &told) && told != 0) return told;
  std::size_t count = 0;
  int gap = 0;
  for (std::uintptr_t value = handle_step; gap < gap_that_ends_the_table; value += handle_step) {
    HANDLE copy = nullptr;
    if (DuplicateHandle(process, reinterpret_cast<HANDLE>(value), GetCurrentProcess(), &copy, 0, FALSE,
                        DUPLICATE_SAME_ACCESS)) {
      CloseHandle(copy);
      ++count;
      gap = 0;
    } else {
      ++gap;
    }
  }
  return count;
}

}  // namespace plugbroker::test
