// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <stdexcept>
#include <utility>

namespace plugbroker::test {

/// Puts another function in the place of one that this program imports; returns the one that was there. The table of
/// imports may be write-protected.
template <typename Function>
Function exchange_import(Function& import, Function by) {
  DWORD before = 0;
  if (VirtualProtect(&import, sizeof import, PAGE_READWRITE, &before) == 0) throw std::runtime_error("VirtualProtect");
  Function was = std::exchange(import, by);
  VirtualProtect(&import, sizeof import, before, &before);
  return was;
}

}  // namespace plugbroker::test
