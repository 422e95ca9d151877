// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace plugbroker {

using Duration = std::chrono::microseconds;

/// The time line of the broker: microseconds since the system booted that the machine was awake. It never jumps.
/// Not the time of day.
struct AwakeTime {
  using rep = std::int64_t;
  using period = std::micro;
  using duration = Duration;
  using time_point = std::chrono::time_point<AwakeTime>;
  static constexpr bool is_steady = true;
};

using TimePoint = AwakeTime::time_point;

/// Later than everything: "no timer is set".
inline constexpr TimePoint far_future = TimePoint::max();

/// Where time comes from. Only the outermost loop reads it; everything below is handed a TimePoint.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual TimePoint now() const = 0;
};

}  // namespace plugbroker
