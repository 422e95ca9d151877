// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <memory>

namespace plugbroker::win {

struct FreeLocal {
  void operator()(void* memory) const noexcept { LocalFree(memory); }
};

/// Owns what a system call has allocated for LocalFree().
using LocalMemory = std::unique_ptr<void, FreeLocal>;

}  // namespace plugbroker::win
