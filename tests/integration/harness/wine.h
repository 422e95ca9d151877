// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

namespace plugbroker::harness {

/// For a test of something that only one of the two systems does; see docs/TESTING.md.
[[nodiscard]] inline bool runs_under_wine() {
  const HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
  return ntdll != nullptr && GetProcAddress(ntdll, "wine_get_version") != nullptr;
}

}  // namespace plugbroker::harness
