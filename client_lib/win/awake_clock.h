// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include "broker_core/base/time.h"

namespace plugbroker::client {

/// The time that passed while the machine was awake.
[[nodiscard]] inline TimePoint awake_now() noexcept {
  ULONGLONG hundred_nanoseconds = 0;
  QueryUnbiasedInterruptTime(&hundred_nanoseconds);
  return TimePoint{Duration{static_cast<Duration::rep>(hundred_nanoseconds / 10)}};
}

/// For a Windows wait: rounded up, so that the wait doesn't end just before `until`; INFINITE for far_future.
[[nodiscard]] inline DWORD milliseconds_until(TimePoint until, TimePoint now) noexcept {
  if (until == far_future) return INFINITE;
  if (until <= now) return 0;
  constexpr Duration::rep longest = 3'600'000;  // Wake up once an hour: no overflow to think about.
  const Duration::rep left = ((until - now).count() + 999) / 1000;
  return static_cast<DWORD>(left < longest ? left : longest);
}

}  // namespace plugbroker::client
