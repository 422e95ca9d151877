// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/base/time.h"
#include "service/service_limits.h"

namespace plugbroker::service {

/// When the service opens its own pipe, and what it makes of it.
///
/// The first probe is due at once, the next one an `interval` after each that was answered (zero: never again). A
/// failure is followed by another probe after limits::self_probe_retry, so that a moment's trouble ends nothing;
/// limits::self_probe_failures of them in a row are the verdict that the service can't be reached. Pure.
class ProbeSchedule {
 public:
  ProbeSchedule(Duration interval, TimePoint now) : interval_(interval), next_(now) {}

  [[nodiscard]] TimePoint next() const { return next_; }
  /// At least one probe was answered.
  [[nodiscard]] bool was_answered() const { return was_answered_; }
  /// The last probe failed; another one will decide.
  [[nodiscard]] bool in_doubt() const { return failures_ > 0; }
  /// A probe was made.
  [[nodiscard]] bool was_tried() const { return was_tried_; }

  void answered(TimePoint now) {
    failures_ = 0;
    was_tried_ = was_answered_ = true;
    next_ = interval_ > Duration::zero() ? now + interval_ : far_future;
  }

  /// Not reached, but nothing is wrong: not a failure, and the end of a row of them. Tried again.
  void undecided(TimePoint now) {
    failures_ = 0;
    was_tried_ = true;
    next_ = now + limits::self_probe_retry;
  }

  /// True when that was one too many.
  [[nodiscard]] bool failed(TimePoint now) {
    ++failures_;
    was_tried_ = true;
    next_ = now + limits::self_probe_retry;
    return failures_ >= limits::self_probe_failures;
  }

 private:
  Duration interval_;
  TimePoint next_;
  int failures_ = 0;
  bool was_tried_ = false;
  bool was_answered_ = false;
};

}  // namespace plugbroker::service
