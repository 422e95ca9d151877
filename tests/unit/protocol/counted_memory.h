// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

/// A program that links counted_memory.cpp, and tests/replaced_new.cpp, counts what operator new gives out. One thread
/// only.
namespace plugbroker {

struct MemoryCount {
  std::size_t allocations = 0;  ///< Since the program began.
  std::size_t live_bytes = 0;   ///< Asked for and not given back yet.
};

extern MemoryCount counted;

}  // namespace plugbroker
