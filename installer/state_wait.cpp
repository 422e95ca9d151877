// SPDX-License-Identifier: Apache-2.0
#include "installer/state_wait.h"

#include <windows.h>

#include <algorithm>

namespace plugbroker::installer {
namespace {

using namespace std::chrono_literals;

constexpr Duration longest_wait = 5min;
constexpr Duration shortest_patience = 10s;

}  // namespace

StateWait::StateWait(std::uint32_t wanted_state, TimePoint now)
    : wanted_(wanted_state), begun_(now), last_progress_(now) {}

WaitVerdict StateWait::observe(const ServiceObservation& seen, TimePoint now) {
  if (seen.state == wanted_) return WaitVerdict::reached;
  if (wanted_ == SERVICE_RUNNING && seen.state == SERVICE_STOPPED) return WaitVerdict::gave_up;
  if (seen.state != last_state_ || seen.checkpoint != last_checkpoint_) last_progress_ = now;
  last_state_ = seen.state;
  last_checkpoint_ = seen.checkpoint;
  const Duration patience = shortest_patience + 2 * seen.wait_hint;
  const bool stuck = now - last_progress_ >= patience || now - begun_ >= longest_wait;
  return stuck ? WaitVerdict::stuck : WaitVerdict::keep_waiting;
}

Duration StateWait::pause_after(const ServiceObservation& seen) {
  return std::clamp<Duration>(seen.wait_hint / 10, 100ms, 1s);
}

}  // namespace plugbroker::installer
