// SPDX-License-Identifier: Apache-2.0
#include "broker_core/base/assert.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "broker_core/base/assertion_observer.h"

namespace plugbroker {
namespace {

std::atomic<AssertionObserver> observer{nullptr};

}  // namespace

void assertion_failed(const char* condition, const char* file, int line) noexcept {
  char sentence[512];
  std::snprintf(sentence, sizeof sentence, "%s:%d: broken invariant: %s", file, line, condition);
  std::fprintf(stderr, "PlugBroker: %s\n", sentence);
  std::fflush(stderr);
  if (const AssertionObserver told = observer.load()) told(sentence);
  std::abort();
}

void set_assertion_observer(AssertionObserver next) noexcept {
  observer.store(next);
}

}  // namespace plugbroker
