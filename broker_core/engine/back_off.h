// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "broker_core/base/time.h"

namespace plugbroker::engine {

/// How long to wait before something that failed is tried again.
///
/// Pure: it never reads a clock. Each failure in a row doubles the wait, from the minimum up to the maximum; a success
/// ends the row.
class BackOff {
 public:
  /// A maximum below the minimum holds for both.
  BackOff(Duration minimum, Duration maximum) noexcept : minimum_(minimum), maximum_(maximum) {}

  void record_failure(TimePoint now) noexcept;
  void record_success() noexcept;

  [[nodiscard]] std::uint32_t failures_in_a_row() const noexcept { return failures_; }

  /// The earliest time of the next try; `now` itself when it is allowed at once.
  [[nodiscard]] TimePoint next_try(TimePoint now) const noexcept { return now < not_before_ ? not_before_ : now; }

 private:
  Duration minimum_;
  Duration maximum_;
  std::uint32_t failures_ = 0;
  Duration wait_{};
  TimePoint not_before_ = TimePoint::min();
};

}  // namespace plugbroker::engine
