// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "broker_core/base/time.h"
#include "service/service_limits.h"

namespace plugbroker::service {

/// How many events may be written: limits::event_burst at once, and one more for each limits::event_interval since.
/// The event log is shared with everything else on the machine, and old events make room for new ones. Pure.
class EventBudget {
 public:
  explicit EventBudget(TimePoint now) : counted_until_(now) {}

  /// Takes one; false when there is none left.
  [[nodiscard]] bool take(TimePoint now) {
    const std::int64_t earned = (now - counted_until_) / limits::event_interval;
    if (earned > 0) {
      counted_until_ += earned * limits::event_interval;
      left_ = static_cast<std::uint32_t>(std::min<std::int64_t>(left_ + earned, limits::event_burst));
    }
    if (left_ == 0) return false;
    --left_;
    return true;
  }

 private:
  std::uint32_t left_ = limits::event_burst;
  TimePoint counted_until_;
};

}  // namespace plugbroker::service
