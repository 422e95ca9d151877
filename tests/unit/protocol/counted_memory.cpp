// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/protocol/counted_memory.h"

#include "tests/replaced_new.h"

namespace plugbroker {

MemoryCount counted;

void replaced_new::allocated(std::size_t bytes) noexcept {
  ++counted.allocations;
  counted.live_bytes += bytes;
}

void replaced_new::freed(std::size_t bytes) noexcept {
  counted.live_bytes -= bytes;
}

}  // namespace plugbroker
