// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/back_off.h"

#include <algorithm>
#include <limits>

namespace plugbroker::engine {

void BackOff::record_failure(TimePoint now) noexcept {
  if (failures_ < std::numeric_limits<std::uint32_t>::max()) ++failures_;
  const bool would_pass_the_maximum = wait_ > maximum_ / 2;
  wait_ = failures_ == 1 ? minimum_ : (would_pass_the_maximum ? maximum_ : 2 * wait_);
  wait_ = std::min(wait_, maximum_);
  not_before_ = now + wait_;
}

void BackOff::record_success() noexcept {
  failures_ = 0;
  wait_ = {};
  not_before_ = TimePoint::min();
}

}  // namespace plugbroker::engine
