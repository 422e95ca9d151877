// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/snapshot_maker.h"

#include <algorithm>
#include <vector>

#include "broker_core/base/limits.h"

namespace plugbroker::engine {
namespace {

WorkerSnapshot snapshot_of(const Worker& worker) {
  return {.id = worker.id,
          .process_id = worker.process_id,
          .state = worker.state,
          .calls_in_progress = static_cast<std::uint32_t>(worker.calls.size()),
          .calls_completed = worker.calls_completed,
          .started = worker.started,
          .lacks_routes = worker.lacks_routes,
          .private_bytes = worker.private_bytes,
          .to_be_recycled = worker.to_be_recycled,
          .recycle_reason = worker.recycle_reason};
}

PoolSnapshot snapshot_of(const Pool& pool, TimePoint now) {
  PoolSnapshot snapshot{.name = pool.config.name,
                        .routes = pool.config.routes,
                        .min_workers = pool.config.min_workers,
                        .max_workers = pool.config.max_workers,
                        .concurrency = pool.config.concurrency,
                        .calls_waiting = static_cast<std::uint32_t>(pool.waiting.size()),
                        .workers_started = pool.workers_started,
                        .workers_failed = pool.workers_failed,
                        .last_failure = pool.last_failure,
                        .last_failure_at = pool.last_failure_at,
                        .next_start = pool.backoff_timer.is_set() ? pool.restart.next_start(now) : TimePoint{},
                        .attached_only = pool.config.attached_only,
                        .spare_workers = pool.config.spare_workers,
                        .drained = pool.drained,
                        .breaker = pool.restart.breaker(),
                        .failures_in_window = pool.restart.failures_in_window(now),
                        .recycles = pool.recycles,
                        .last_recycle_problem = pool.last_recycle_problem,
                        .longest_wait = pool.waiting.longest_wait(now),
                        .calls_repeated = pool.calls_repeated,
                        .workers = {}};
  snapshot.workers.reserve(pool.workers.size());
  for (const Worker* worker = pool.workers.front(); worker != nullptr; worker = pool.workers.next(*worker)) {
    snapshot.workers.push_back(snapshot_of(*worker));
  }
  return snapshot;
}

/// In an order that does not depend on how the table is laid out.
std::vector<CallerSnapshot> snapshot_of(const CallerTable& table) {
  std::vector<const Caller*> present;
  table.for_each([&](const Caller& caller) {
    if (caller.sessions > 0) present.push_back(&caller);
  });
  const auto shown = present.begin() +
                     static_cast<std::ptrdiff_t>(std::min(present.size(), limits::max_shown_callers));
  std::ranges::partial_sort(present, shown, [](const Caller* left, const Caller* right) {
    return left->sessions != right->sessions ? left->sessions > right->sessions : left->id < right->id;
  });
  std::vector<CallerSnapshot> callers;
  for (auto place = present.begin(); place != shown; ++place) {
    const Caller& caller = **place;
    callers.push_back({.sid = caller.sid,
                       .account = caller.account,
                       .sessions = caller.sessions,
                       .calls_in_progress = caller.calls,
                       .queued_bytes = caller.memory.queued(),
                       .bytes_being_written = caller.memory.being_written(),
                       .refused = caller.refused});
  }
  return callers;
}

}  // namespace

Snapshot make_snapshot(const EngineState& state, TimePoint now) {
  Snapshot snapshot{.state = state.phase,
                    .taken_at = now,
                    .started = state.started,
                    .sessions = static_cast<std::uint32_t>(state.sessions.open),
                    .half_open_connections = static_cast<std::uint32_t>(state.sessions.half_open()),
                    .calls_in_progress = state.calls_in_progress,
                    .calls_accepted = state.calls_accepted,
                    .calls_by_status = state.calls_by_status,
                    .protocol_errors = state.protocol_errors,
                    .buffered_bytes = state.store.payload_bytes(),
                    .calls_denied = state.calls_denied,
                    .quota_refusals = state.quota_refusals,
                    .held_bytes = state.sessions.callers().memory().total(),
                    .callers = snapshot_of(state.sessions.callers()),
                    .pools = {}};
  snapshot.pools.reserve(state.pools.size());
  for (const Pool& pool : state.pools) {
    if (!pool.removed || !pool.workers.empty()) snapshot.pools.push_back(snapshot_of(pool, now));
  }
  return snapshot;
}

}  // namespace plugbroker::engine
