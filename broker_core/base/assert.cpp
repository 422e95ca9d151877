// SPDX-License-Identifier: Apache-2.0
#include "broker_core/base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace plugbroker {

void assertion_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "PlugBroker: %s:%d: broken invariant: %s\n", file, line, condition);
  std::fflush(stderr);
  std::abort();
}

}  // namespace plugbroker
