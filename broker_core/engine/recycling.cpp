// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/recycling.h"

#include <algorithm>
#include <string>

#include "broker_core/base/limits.h"
#include "broker_core/engine/pool_counts.h"

namespace plugbroker::engine {
namespace {

bool serves(const Worker& worker) noexcept {
  return worker.state == WorkerState::ready || worker.state == WorkerState::busy;
}

/// The serving worker that was started first of those to be recycled; replacements have their turn later.
Worker* first_marked(const Pool& pool) noexcept {
  for (Worker* worker = pool.workers.front(); worker != nullptr; worker = pool.workers.next(*worker)) {
    if (serves(*worker) && worker->to_be_recycled && worker->purpose != StartPurpose::replacement) return worker;
  }
  return nullptr;
}

}  // namespace

void Recycling::mark(Worker& worker, RecycleReason reason) {
  const bool lives = serves(worker) || worker.state == WorkerState::starting;
  if (!lives || worker.attached || worker.to_be_recycled || state_.stopping()) return;
  {
    const PoolCounts recount(worker);
    worker.to_be_recycled = true;
    worker.recycle_reason = reason;
  }
  state_.log(LogLevel::information, "worker_to_be_recycled", "reason: " + std::string{to_string(reason)},
             subject_of(worker));
  state_.look_at(*worker.pool);
}

void Recycling::mark_all(Pool& pool, RecycleReason reason) {
  for (Worker* worker = pool.workers.front(); worker != nullptr; worker = pool.workers.next(*worker)) {
    mark(*worker, reason);
  }
}

void Recycling::observed(Worker& worker, std::uint64_t private_bytes) {
  worker.private_bytes = private_bytes;
  const std::uint64_t limit = worker.recycle_at.private_bytes;
  if (limit != 0 && private_bytes >= limit) mark(worker, RecycleReason::memory);
}

TimePoint Recycling::look(Worker& worker) {
  if (!serves(worker)) return far_future;
  TimePoint next = far_future;
  if (worker.purpose == StartPurpose::replacement) {
    next = worker.ready_at + limits::recycle_overlap;
    if (next <= state_.now) {
      take_place(worker);
      next = far_future;
    }
  }
  if (worker.to_be_recycled) return next;
  const RecycleLimits& limit = worker.recycle_at;
  if (limit.calls != 0 && worker.calls_completed >= limit.calls) {
    mark(worker, RecycleReason::calls);
  } else if (limit.age != Duration{} && state_.now - worker.ready_at >= limit.age) {
    mark(worker, RecycleReason::age);
  } else if (limit.age != Duration{}) {
    next = std::min(next, worker.ready_at + limit.age);
  }
  return next;
}

void Recycling::retire_without_replacement(Pool& pool) {
  if (pool.config.max_surge != 0 || pool.to_recycle == 0) return;
  if (pool.starting > 0 || pool.draining > 0 || pool.serving < pool.config.min_workers) return;
  if (Worker* worker = first_marked(pool)) retire(*worker, "before its replacement starts");
}

/// The old worker may be gone meanwhile; then this one is a worker like any other.
void Recycling::take_place(Worker& replacement) {
  Pool& pool = *replacement.pool;
  Worker* old = first_marked(pool);
  {
    const PoolCounts recount(replacement);
    replacement.purpose = StartPurpose::capacity;
  }
  pool.recycle_back_off.record_success();
  pool.last_recycle_problem.clear();
  if (old != nullptr) retire(*old, "replaced by worker " + std::to_string(replacement.id.value));
  state_.review(pool);
}

void Recycling::retire(Worker& worker, const std::string& how) {
  ++worker.pool->recycles[static_cast<std::size_t>(worker.recycle_reason)];
  state_.log(LogLevel::information, "worker_recycled",
             how + "; reason: " + std::string{to_string(worker.recycle_reason)}, subject_of(worker));
  workers_.drain(worker);
  workers_.review(worker);
}

}  // namespace plugbroker::engine
