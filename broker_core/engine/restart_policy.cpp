// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/restart_policy.h"

#include <algorithm>
#include <limits>

namespace plugbroker::engine {

void RestartPolicy::record_failure(TimePoint now) noexcept {
  if (failures_ < std::numeric_limits<std::uint32_t>::max()) ++failures_;
  const bool would_pass_the_maximum = wait_ > limits_.backoff_max / 2;
  wait_ = failures_ == 1 ? limits_.backoff_min : (would_pass_the_maximum ? limits_.backoff_max : 2 * wait_);
  wait_ = std::min(wait_, limits_.backoff_max);
  not_before_ = now + wait_;
}

void RestartPolicy::record_success() noexcept {
  failures_ = 0;
  wait_ = {};
  not_before_ = TimePoint::min();
}

}  // namespace plugbroker::engine
