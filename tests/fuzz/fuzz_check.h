// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <cstdlib>

namespace plugbroker::fuzz {

/// Ends the program when a promise is broken, so that the fuzzer keeps the input that broke it.
inline void require(bool kept, const char* promise) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::fflush(stderr);
  std::abort();
}

}  // namespace plugbroker::fuzz
