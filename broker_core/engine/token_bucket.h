// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "broker_core/base/time.h"

namespace plugbroker::engine {

/// How often something may happen: `burst` times at once, and then once each `interval`.
///
/// Pure: time is passed in, and never goes back. It begins full. It remembers one moment: when it will be full again.
class TokenBucket {
 public:
  /// `burst` is at least 1, `interval` is positive.
  TokenBucket(std::uint32_t burst, Duration interval) noexcept
      : interval_(interval), slack_(interval * (static_cast<Duration::rep>(burst) - 1)) {}

  /// Takes a token; false when there is none.
  [[nodiscard]] bool take(TimePoint now) noexcept {
    if (wait(now) > Duration{}) return false;
    full_at_ = std::max(full_at_, now) + interval_;
    return true;
  }

  /// Until there is a token again; zero when there is one.
  [[nodiscard]] Duration wait(TimePoint now) const noexcept { return std::max(full_at_ - now - slack_, Duration{}); }

 private:
  Duration interval_;
  Duration slack_;
  TimePoint full_at_{};
};

}  // namespace plugbroker::engine
