// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/worker_health.h"

#include <algorithm>

#include "broker_core/engine/control_sender.h"

namespace plugbroker::engine {

void HealthWatch::begin(Worker& worker) {
  const Duration interval = worker.pool->config.ping_interval;
  if (worker.attached || interval == Duration{}) return;
  state_.timers.set(worker.health.timer, state_.now + interval);
}

void HealthWatch::end(Worker& worker) noexcept {
  state_.timers.cancel(worker.health.timer);
  worker.health.awaits_pong = false;
}

void HealthWatch::take_pong(Worker& worker, std::uint64_t opaque) {
  WorkerHealth& health = worker.health;
  if (!health.awaits_pong || opaque != health.pings) return;
  health.awaits_pong = false;
  const Duration interval = worker.pool->config.ping_interval;
  if (interval == Duration{}) {  // A reload has turned pings off.
    state_.timers.cancel(health.timer);
    return;
  }
  state_.timers.set(health.timer, std::max(health.pinged_at + interval, state_.now));
}

bool HealthWatch::due(WorkerHealth& health) {
  if (health.awaits_pong) return false;
  Worker& worker = *health.worker;
  if (worker.pool->config.ping_interval == Duration{}) return true;  // The same, before this ping.
  health.awaits_pong = true;
  health.pinged_at = state_.now;
  state_.timers.set(health.timer, state_.now + worker.pool->config.ping_timeout);
  send_ping(state_, worker.channel, ++health.pings);
  return true;
}

}  // namespace plugbroker::engine
