// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/base/time.h"

namespace plugbroker::runtime {

/// Turns many changes into one: due when none came for `length`, counted from the last. A deployment that writes a
/// thousand files counts once, when it is done.
class QuietPeriod {
 public:
  explicit QuietPeriod(Duration length) : length_(length) {}

  void changed(TimePoint now) { due_ = now + length_; }
  /// far_future: nothing has changed.
  [[nodiscard]] TimePoint due() const { return due_; }
  /// True once for all the changes before.
  [[nodiscard]] bool take_due(TimePoint now) {
    if (due_ > now) return false;
    due_ = far_future;
    return true;
  }

 private:
  Duration length_;
  TimePoint due_ = far_future;
};

}  // namespace plugbroker::runtime
