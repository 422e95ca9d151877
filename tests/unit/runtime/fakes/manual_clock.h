// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/base/time.h"

namespace plugbroker::test {

/// Time that passes only when a test says so.
class ManualClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return now_; }
  void advance(Duration by) { now_ += by; }
  void advance_to(TimePoint then) { now_ = then; }

 private:
  TimePoint now_{std::chrono::hours{1}};
};

}  // namespace plugbroker::test
