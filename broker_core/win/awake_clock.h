// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/base/time.h"

namespace plugbroker::win {

/// QueryUnbiasedInterruptTime: stands still while the machine sleeps. Its steps are those of the system timer, up to
/// about 16 ms.
class AwakeClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override;
};

/// Milliseconds to wait from `now` until `until`, rounded up, for functions that take a DWORD: INFINITE for far_future.
[[nodiscard]] unsigned long wait_milliseconds(TimePoint now, TimePoint until) noexcept;

}  // namespace plugbroker::win
