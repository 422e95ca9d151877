// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <chrono>
#include <utility>

namespace plugbroker::harness {

/// Long enough that only something that hangs reaches it; no test is judged by how fast it is.
inline constexpr std::chrono::milliseconds hang_guard{60'000};

/// Asks `condition` again and again, at once and then every few milliseconds, until it is true. False when the guard
/// has passed.
template <typename Condition>
[[nodiscard]] bool eventually(Condition&& condition, std::chrono::milliseconds guard = hang_guard) {
  const ULONGLONG end = GetTickCount64() + static_cast<ULONGLONG>(guard.count());
  while (!condition()) {
    if (GetTickCount64() > end) return false;
    Sleep(5);
  }
  return true;
}

}  // namespace plugbroker::harness
