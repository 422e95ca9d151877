// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>

#include "broker_core/base/time.h"
#include "broker_core/engine/back_off.h"
#include "broker_core/engine/engine_config.h"
#include "broker_core/engine/jitter.h"
#include "broker_core/engine/state_tables.h"

namespace plugbroker::engine {

struct RestartLimits {
  Duration backoff_min{};  ///< After the first failure in a row.
  Duration backoff_max{};
  BreakerConfig breaker{};
};

/// A worker that failed, as far as the next start depends on it.
struct FailedWorker {
  bool proved = false;  ///< It had ended a call, or stayed ready as long as `backoff_max`.
  bool probe = false;
};

/// Decides when a pool may start its next worker.
///
/// Pure: it never reads a clock. Two things hold a start back. After the failure of a worker that had not proved itself
/// the pool waits, from `backoff_min` up to `backoff_max` as such failures follow each other. And failures of every
/// kind count: with `breaker.failures` of them within `breaker.window` the breaker opens and nothing is started, until
/// after `probe_after` (and jitter) one probe is. When the probe has proved itself the breaker closes and all failures
/// are forgotten; when it fails, the wait doubles up to `probe_after_max`.
class RestartPolicy {
 public:
  /// `seed` decides the jitter. With `breaker.failures` 0 the breaker never opens.
  explicit RestartPolicy(const RestartLimits& limits, std::uint64_t seed = 0)
      : limits_(limits), back_off_(limits.backoff_min, limits.backoff_max), jitter_(seed) {}

  /// True when the breaker opens by it.
  bool record_failure(TimePoint now, const FailedWorker& worker = {});
  /// A worker proved itself, and has not failed. True when it was the probe and closes the breaker.
  bool record_proof(bool probe);
  /// While open and next_start() has come: the start that follows is the probe.
  void begin_probe();
  /// The probe was ended on purpose before it could prove itself: another may start at once.
  void probe_gone(TimePoint now);
  /// Closes the breaker and forgets all failures.
  void close();

  [[nodiscard]] BreakerState breaker() const noexcept { return breaker_; }
  /// Of those without a proof; the back-off follows from it.
  [[nodiscard]] std::uint32_t failures_in_a_row() const noexcept { return back_off_.failures_in_a_row(); }
  /// Those that the breaker counts; never more than `breaker.failures`.
  [[nodiscard]] std::uint32_t failures_in_window(TimePoint now) const noexcept;

  /// The earliest time a start is allowed; `now` itself when it is allowed at once; far_future while a probe is under
  /// way.
  [[nodiscard]] TimePoint next_start(TimePoint now) const noexcept;

 private:
  void open(TimePoint now);

  RestartLimits limits_;
  BackOff back_off_;
  Jitter jitter_;
  BreakerState breaker_ = BreakerState::closed;
  std::deque<TimePoint> failures_;  ///< The last `breaker.failures`, the oldest first.
  Duration probe_wait_{};           ///< Without jitter; zero while closed.
  TimePoint probe_at_{};
};

}  // namespace plugbroker::engine
