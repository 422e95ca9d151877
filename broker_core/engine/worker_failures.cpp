// SPDX-License-Identifier: Apache-2.0
// What it means that a worker failed, or proved itself; the rest of Workers is in workers.cpp and worker_channel.cpp.

#include <string>
#include <utility>

#include "broker_core/engine/milliseconds_text.h"
#include "broker_core/engine/worker_evidence.h"
#include "broker_core/engine/workers.h"

namespace plugbroker::engine {

void Workers::ping_missed(Worker& worker) {
  fail(worker, "worker_ping_missed",
       "worker did not answer a PING within " + milliseconds_text(worker.pool->config.ping_timeout));
}

/// Ends a worker that cannot be relied on. Its calls are over, so nothing that it still writes may be judged by them.
void Workers::fail(Worker& worker, std::string_view event, std::string reason) {
  close_channel(worker);
  state_.log(LogLevel::warning, event, reason, subject_of(worker));
  record_failure(worker, std::move(reason));
  drain(worker);
  note_held_calls(worker, state_.now);
  rooms_.outcomes.worker_lost(worker, lost_call_message);
  terminate(worker);
}

/// Only the first failure of a worker counts, and none of its ends that were asked for, nor of one that is attached.
/// One that leaves by itself has to do that well.
void Workers::record_failure(Worker& worker, std::string reason) {
  const bool was_asked_for = worker.end_expected && !worker.leaves;
  if (was_asked_for || worker.attached || std::exchange(worker.failure_recorded, true)) return;
  worker.failure = std::move(reason);
  Pool& pool = *worker.pool;
  ++pool.workers_failed;
  if (worker.purpose == StartPurpose::replacement && pool.to_recycle > 0) {
    record_recycle_problem(worker);
    return;
  }
  pool.last_failure = worker.failure;
  pool.last_failure_at = state_.now;
  const FailedWorker failed{.proved = has_proved_itself(worker, state_.now), .probe = pool.probe == worker.id};
  if (failed.probe) pool.probe = {};
  if (pool.restart.record_failure(state_.now, failed)) {
    const Duration wait = pool.restart.next_start(state_.now) - state_.now;
    state_.log(LogLevel::warning, "breaker_opened",
               std::to_string(pool.restart.failures_in_window(state_.now)) + " failures within " +
                   milliseconds_text(pool.config.breaker.window) + ", the last: " + pool.last_failure +
                   "; next probe in " + milliseconds_text(wait),
               {.pool = pool.config.name});
  }
  pool.outlook_is_worse = true;
  state_.review(pool);
}

/// The worker that it was to replace still serves, so the pool is no worse off than before.
void Workers::record_recycle_problem(Worker& replacement) {
  Pool& pool = *replacement.pool;
  pool.last_recycle_problem = replacement.failure;
  pool.recycle_back_off.record_failure(state_.now);
  state_.log(LogLevel::warning, "recycle_failed",
             "the old worker serves on, next try in " +
                 milliseconds_text(pool.recycle_back_off.next_try(state_.now) - state_.now) + ": " +
                 replacement.failure,
             subject_of(replacement));
  state_.review(pool);
}

bool Workers::has_proved_itself(const Worker& worker, TimePoint now) noexcept {
  if (worker.calls_completed > 0) return true;
  return worker.ready_at != TimePoint{} && now - worker.ready_at >= worker.pool->config.restart_backoff_max;
}

void Workers::prove(Worker& worker) {
  Pool& pool = *worker.pool;
  worker.proved = true;
  const bool is_probe = pool.probe == worker.id;
  if (is_probe) pool.probe = {};
  if (pool.restart.record_proof(is_probe)) {
    state_.log(LogLevel::information, "breaker_closed", "the probe has proved itself", subject_of(worker));
  }
  state_.review(pool);
}

/// It ends without a failure, and without having shown anything.
void Workers::release_probe(const Worker& worker) {
  Pool& pool = *worker.pool;
  if (pool.probe != worker.id) return;
  pool.probe = {};
  pool.restart.probe_gone(state_.now);
}

}  // namespace plugbroker::engine
