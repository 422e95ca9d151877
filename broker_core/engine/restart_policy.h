// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "broker_core/base/time.h"

namespace plugbroker::engine {

struct RestartLimits {
  Duration backoff_min{};  ///< After the first failure in a row.
  Duration backoff_max{};
};

/// Decides when a pool may start its next worker.
///
/// Pure: it never reads a clock. Each failure in a row doubles the wait, from `backoff_min` up to `backoff_max`; a
/// worker that has proved itself (it finished a call, or stayed ready as long as `backoff_max`) ends the row.
class RestartPolicy {
 public:
  explicit RestartPolicy(const RestartLimits& limits) noexcept : limits_(limits) {}

  /// A worker failed without having proved itself.
  void record_failure(TimePoint now) noexcept;
  /// A worker proved itself.
  void record_success() noexcept;

  [[nodiscard]] std::uint32_t failures_in_a_row() const noexcept { return failures_; }

  /// The earliest time a start is allowed; `now` itself when it is allowed at once.
  [[nodiscard]] TimePoint next_start(TimePoint now) const noexcept { return now < not_before_ ? not_before_ : now; }

 private:
  RestartLimits limits_;
  std::uint32_t failures_ = 0;
  Duration wait_{};
  TimePoint not_before_ = TimePoint::min();
};

}  // namespace plugbroker::engine
