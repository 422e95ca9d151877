// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/pool_keeper.h"

#include <algorithm>
#include <string>
#include <utility>

#include "broker_core/base/limits.h"
#include "broker_core/engine/pool_sizing.h"

namespace plugbroker::engine {
namespace {

/// Calls `visit` for each worker whose process has not ended; it may end the one that it is given.
template <typename Visit>
void for_each_worker(const Pool& pool, Visit visit) {
  Worker* next = nullptr;
  for (Worker* worker = pool.workers.front(); worker != nullptr; worker = next) {
    next = pool.workers.next(*worker);
    visit(*worker);
  }
}

}  // namespace

void PoolKeeper::review(Pool& pool) {
  pool.review_asked = false;
  if (std::exchange(pool.outlook_is_worse, false)) rooms_.dispatcher.end_hopeless(pool);
  rooms_.dispatcher.dispatch(pool);
  if (pool.draining > 0) review_draining(pool);
  if (state_.stopping()) {
    stop_idle(pool);
    return;
  }
  if (std::exchange(pool.look_asked, false)) look_at_workers(pool);
  if (pool.retiring() && pool.waiting.empty()) stop_idle(pool);
  start_what_is_wanted(pool);
  rooms_.recycling.retire_surplus(pool);
  rooms_.recycling.retire_without_replacement(pool);
  pool.was_complete = pool.was_complete || pool.config.attached_only || pool.retiring() ||
                      pool.serving >= pool.config.min_workers || pool.workers_failed > 0;
}

void PoolKeeper::start_what_is_wanted(Pool& pool) {
  while (const std::optional<StartPurpose> purpose = next_start_of(pool)) {
    const TimePoint next_start = pool.restart.next_start(state_.now);
    if (*purpose == StartPurpose::replacement) {
      const TimePoint next_try = std::max(next_start, pool.recycle_back_off.next_try(state_.now));
      if (next_try > state_.now) {
        state_.timers.set(pool.recycle_timer, next_try);
        return;
      }
    } else if (next_start > state_.now) {
      wait_for_start(pool, next_start);
      return;
    }
    state_.timers.cancel(*purpose == StartPurpose::replacement ? pool.recycle_timer : pool.backoff_timer);
    rooms_.workers.start(pool, *purpose);
  }
}

void PoolKeeper::wait_for_start(Pool& pool, TimePoint next_start) {
  const bool waits_already = pool.backoff_timer.is_set();
  state_.timers.set(pool.backoff_timer, next_start);  // The probe may come before what the back-off had it wait for.
  if (waits_already || pool.restart.breaker() == BreakerState::open) return;  // The breaker told it when it opened.
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next_start - state_.now);
  const auto failures = pool.restart.failures_in_a_row();
  state_.log(LogLevel::warning, "pool_backing_off",
             "next start in " + std::to_string(wait.count()) + " ms after " + std::to_string(failures) +
                 (failures == 1 ? " failure: " : " failures in a row: ") + pool.last_failure,
             {.pool = pool.config.name});
}

void PoolKeeper::look_at_workers(Pool& pool) {
  TimePoint next = far_future;
  for_each_worker(pool, [&](Worker& worker) {
    next = std::min({next, look_at_proof(worker), rooms_.recycling.look(worker), look_at_idleness(worker)});
    worker.look_at_calls = worker.proved ? worker.recycle_at.calls : 1;
  });
  state_.timers.set(pool.look_timer, next);
}

TimePoint PoolKeeper::look_at_proof(Worker& worker) {
  if (worker.proved || worker.failure_recorded || worker.ready_at == TimePoint{}) return far_future;
  if (!Workers::has_proved_itself(worker, state_.now)) {
    return worker.ready_at + worker.pool->config.restart_backoff_max;
  }
  rooms_.workers.prove(worker);
  return far_future;
}

/// A busy worker, and one that is needed now, can't be idle for long enough before the whole time has passed again.
TimePoint PoolKeeper::look_at_idleness(Worker& worker) {
  const Pool& pool = *worker.pool;
  const Duration timeout = pool.config.idle_timeout;
  const bool serving = worker.state == WorkerState::ready || worker.state == WorkerState::busy;
  if (timeout == Duration{} || !serving || worker.purpose == StartPurpose::replacement) return far_future;
  if (worker.state == WorkerState::busy) return state_.now + timeout;
  const TimePoint due = worker.idle_since + timeout;
  if (state_.now < due) return due;
  if (!can_spare_an_idle_worker(pool)) return state_.now + timeout;
  state_.log(LogLevel::information, "worker_idle", "nobody needed it for its idle_timeout; it is asked to exit",
             subject_of(worker));
  rooms_.workers.stop(worker);
  return far_future;
}

void PoolKeeper::review_draining(Pool& pool) {
  for_each_worker(pool, [&](Worker& worker) { rooms_.workers.review(worker); });
}

void PoolKeeper::stop_idle(Pool& pool) {
  for_each_worker(pool, [&](Worker& worker) {
    if (worker.calls.empty()) rooms_.workers.stop(worker);
  });
}

}  // namespace plugbroker::engine
