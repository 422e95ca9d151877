// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/pool_keeper.h"

#include <algorithm>
#include <string>
#include <utility>

#include "broker_core/base/limits.h"

namespace plugbroker::engine {

void PoolKeeper::review(Pool& pool) {
  pool.review_asked = false;
  if (std::exchange(pool.failed_since_review, false)) dispatcher_.end_hopeless(pool);
  dispatcher_.dispatch(pool);
  if (pool.draining > 0) review_draining(pool);
  if (state_.stopping()) {
    stop_idle(pool);
    return;
  }
  start_what_is_wanted(pool);
  pool.was_complete = pool.was_complete || pool.config.attached_only || pool.serving >= pool.config.min_workers ||
                      pool.workers_failed > 0;
}

/// Draining workers that may be replaced before they are gone. One whose channel has just closed is not among them
/// until its failure is counted: only then does the back-off hold, and are the calls told that wait for a worker.
std::size_t PoolKeeper::replaceable(const Pool& pool) noexcept {
  std::size_t count = 0;
  if (pool.draining == 0) return count;
  for (const Worker* worker = pool.workers.front(); worker != nullptr; worker = pool.workers.next(*worker)) {
    const bool known_why = worker->failure_recorded || worker->channel_state == ChannelState::open;
    if (worker->state == WorkerState::draining && known_why) ++count;
  }
  return count;
}

bool PoolKeeper::wants_start(const Pool& pool) noexcept {
  if (pool.config.attached_only) return false;
  const std::size_t being_replaced = std::min(replaceable(pool), limits::max_surge);
  const std::size_t alive = pool.workers.size() - being_replaced;
  const bool one_at_a_time = alive >= pool.config.min_workers || pool.restart.failures_in_a_row() > 0;
  if (one_at_a_time && pool.starting > 0) return false;
  return alive < pool.config.min_workers || (!pool.waiting.empty() && alive < pool.config.max_workers);
}

void PoolKeeper::start_what_is_wanted(Pool& pool) {
  while (wants_start(pool)) {
    const TimePoint next_start = pool.restart.next_start(state_.now);
    if (next_start <= state_.now) {
      workers_.start(pool);
      continue;
    }
    if (pool.backoff_timer.is_set()) return;
    state_.timers.set(pool.backoff_timer, next_start);
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next_start - state_.now);
    const auto failures = pool.restart.failures_in_a_row();
    state_.log(LogLevel::warning, "pool_backing_off",
               "next start in " + std::to_string(wait.count()) + " ms after " + std::to_string(failures) +
                   (failures == 1 ? " failure: " : " failures in a row: ") + pool.last_failure,
               {.pool = pool.config.name});
    return;
  }
}

void PoolKeeper::review_draining(Pool& pool) {
  Worker* next = nullptr;
  for (Worker* worker = pool.workers.front(); worker != nullptr; worker = next) {
    next = pool.workers.next(*worker);
    workers_.review(*worker);
  }
}

void PoolKeeper::stop_idle(Pool& pool) {
  Worker* next = nullptr;
  for (Worker* worker = pool.workers.front(); worker != nullptr; worker = next) {
    next = pool.workers.next(*worker);
    if (worker->calls.empty()) workers_.stop(*worker);
  }
}

}  // namespace plugbroker::engine
