// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/awake_clock.h"

#include <windows.h>

#include <algorithm>
#include <chrono>

#include "broker_core/base/assert.h"

namespace plugbroker::win {

TimePoint AwakeClock::now() const {
  ULONGLONG ticks = 0;  // of 100 ns
  const BOOL read = QueryUnbiasedInterruptTime(&ticks);
  PLUGBROKER_ASSERT(read != FALSE);
  return TimePoint{Duration{static_cast<Duration::rep>(ticks / 10)}};
}

unsigned long wait_milliseconds(TimePoint now, TimePoint until) noexcept {
  if (until == far_future) return INFINITE;
  constexpr std::chrono::milliseconds longest = std::chrono::hours{24};
  if (until <= now) return 0;
  if (until - now > longest) return static_cast<unsigned long>(longest.count());
  return static_cast<unsigned long>(std::chrono::ceil<std::chrono::milliseconds>(until - now).count());
}

}  // namespace plugbroker::win
