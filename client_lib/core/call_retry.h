// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "client_lib/core/call.h"

namespace plugbroker::client {

/// When a call that failed is sent again.
///
/// Only when the failure says that no worker saw it (retry class safe or after_backoff, worker_received 0), retries are
/// left and the deadline allows the wait. The wait is drawn between 0 and a bound that begins at 10 ms and doubles with
/// each attempt up to 1 s, but at least what the service asked for (retry_after).
///
/// Pure but for its own random numbers, which the seed determines.
class CallRetry {
 public:
  static constexpr Duration first = std::chrono::milliseconds{10};
  static constexpr Duration longest = std::chrono::seconds{1};
  static constexpr std::uint32_t max_retries = 5;

  explicit CallRetry(std::uint64_t seed) noexcept : random_(seed | 1u) {}

  /// The time to send it again; nothing when the failure in `outcome` is final.
  [[nodiscard]] std::optional<TimePoint> next(const CallOutcome& outcome, std::uint32_t retries_left,
                                              TimePoint deadline, TimePoint now) noexcept {
    const bool may = outcome.status != StatusCode::ok && outcome.retry != RetryClass::never &&
                     !outcome.worker_received && retries_left != 0;
    if (!may) return std::nullopt;
    const std::uint32_t doublings = std::min(outcome.attempts == 0 ? 0 : outcome.attempts - 1, 10u);
    const Duration bound = std::min(first * (1 << doublings), longest);
    random_ ^= random_ << 13;
    random_ ^= random_ >> 7;
    random_ ^= random_ << 17;
    const auto jitter = static_cast<Duration::rep>(random_ % (static_cast<std::uint64_t>(bound.count()) + 1));
    const TimePoint at = now + std::max(Duration{jitter}, outcome.retry_after);
    if (at >= deadline) return std::nullopt;
    return at;
  }

 private:
  std::uint64_t random_;
};

}  // namespace plugbroker::client
