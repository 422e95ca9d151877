// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/restart_policy.h"

#include <algorithm>

namespace plugbroker::engine {

bool RestartPolicy::record_failure(TimePoint now, const FailedWorker& worker) {
  if (worker.proved) {
    back_off_.record_success();
  } else {
    back_off_.record_failure(now);
  }
  if (limits_.breaker.failures == 0) return false;
  failures_.push_back(now);
  if (failures_.size() > limits_.breaker.failures) failures_.pop_front();
  if (breaker_ == BreakerState::half_open && worker.probe) {
    breaker_machine.apply(breaker_, BreakerHappening::probe_failed);
    open(now);
    return true;
  }
  if (breaker_ != BreakerState::closed || failures_in_window(now) < limits_.breaker.failures) return false;
  breaker_machine.apply(breaker_, BreakerHappening::limit_reached);
  open(now);
  return true;
}

bool RestartPolicy::record_proof(bool probe) {
  back_off_.record_success();
  if (!probe || breaker_ != BreakerState::half_open) return false;
  breaker_machine.apply(breaker_, BreakerHappening::probe_proved);
  failures_.clear();
  probe_wait_ = {};
  return true;
}

void RestartPolicy::begin_probe() {
  breaker_machine.apply(breaker_, BreakerHappening::probe_begun);
}

void RestartPolicy::probe_gone(TimePoint now) {
  breaker_machine.apply(breaker_, BreakerHappening::probe_gone);
  probe_at_ = now;
}

void RestartPolicy::close() {
  if (breaker_ != BreakerState::closed) breaker_machine.apply(breaker_, BreakerHappening::closed_by_hand);
  back_off_.record_success();
  failures_.clear();
  probe_wait_ = {};
}

std::uint32_t RestartPolicy::failures_in_window(TimePoint now) const noexcept {
  return static_cast<std::uint32_t>(
      std::ranges::count_if(failures_, [&](TimePoint failure) { return now - failure < limits_.breaker.window; }));
}

TimePoint RestartPolicy::next_start(TimePoint now) const noexcept {
  switch (breaker_) {
    case BreakerState::closed:
      return back_off_.next_try(now);
    case BreakerState::open:
      return std::max(now, probe_at_);
    case BreakerState::half_open:
      return far_future;
  }
  return now;
}

void RestartPolicy::open(TimePoint now) {
  const BreakerConfig& breaker = limits_.breaker;
  const bool would_pass_the_maximum = probe_wait_ > breaker.probe_after_max / 2;
  const Duration doubled = would_pass_the_maximum ? breaker.probe_after_max : 2 * probe_wait_;
  probe_wait_ = std::min(probe_wait_ == Duration{} ? breaker.probe_after : doubled, breaker.probe_after_max);
  probe_at_ = now + probe_wait_ + jitter_.part_of(probe_wait_, breaker.jitter_percent);
}

}  // namespace plugbroker::engine
