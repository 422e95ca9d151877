// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/breaker_watch.h"

#include <algorithm>
#include <utility>

namespace plugbroker::sim {
namespace {

using engine::BreakerState;
using engine::PoolConfig;
using engine::PoolSnapshot;
using engine::Snapshot;
using engine::WorkerSnapshot;
using engine::WorkerState;

bool serves(const WorkerSnapshot& worker) {
  return worker.state == WorkerState::ready || worker.state == WorkerState::busy;
}

bool is_alive(const WorkerSnapshot& worker) {
  return serves(worker) || worker.state == WorkerState::starting;
}

Duration longest_wait(const PoolConfig& config) {
  return config.breaker.probe_after_max + config.breaker.probe_after_max * config.breaker.jitter_percent / 100;
}

}  // namespace

void BreakerWatch::check(const Snapshot& snapshot, TimePoint now, bool timers) {
  for (std::size_t i = 0; i < pools_.size(); ++i) {
    const PoolSnapshot& pool = snapshot.pools[i];
    const PoolConfig& config = config_.pools[i];
    Watched& watched = pools_[i];
    if (config.attached_only) continue;
    const BreakerState before = std::exchange(watched.state, pool.breaker);
    // After a jump of the clock it closes, a worker starts for that, and it opens again, all at once.
    if (timers && before == BreakerState::half_open && pool.breaker == BreakerState::open) watched.begins_anew = true;
    if (before != pool.breaker || watched.begins_anew) watched.since = now;
    check_starts(watched, pool, now);
    if (pool.breaker == BreakerState::closed) {
      const bool is_limited = config.breaker.failures != 0;
      if (is_limited && pool.failures_in_window >= config.breaker.failures)
        violation("a breaker is closed although its failures open it");
      continue;
    }
    const bool somebody_comes = std::ranges::any_of(pool.workers, is_alive);
    if (pool.breaker == BreakerState::open && !somebody_comes && pool.calls_waiting > 0)
      violation("a call waits although the breaker is open and nobody serves");
  }
}

void BreakerWatch::check_starts(Watched& watched, const PoolSnapshot& pool, TimePoint now) {
  if (pool.breaker == BreakerState::closed) watched.begins_anew = true;
  const bool begins = watched.begins_anew;
  if (begins) watched.probes.clear();
  std::ptrdiff_t probes = 0;
  for (const WorkerSnapshot& worker : pool.workers) {
    const bool is_new = watched.known.insert(worker.id).second;
    if (is_new && !begins) watched.probes.emplace(worker.id, far_future);
    const auto probe = watched.probes.find(worker.id);
    if (probe == watched.probes.end()) continue;
    if (is_alive(worker)) ++probes;
    if (serves(worker) && probe->second == far_future) probe->second = now;
  }
  watched.begins_anew = pool.breaker == BreakerState::closed;
  if (pool.breaker == BreakerState::open && probes > 0) violation("a worker is started although the breaker is open");
  if (pool.breaker == BreakerState::half_open && probes > 1) violation("there is more than one probe");
}

void BreakerWatch::check_times(const Snapshot& snapshot, TimePoint now) {
  if (snapshot.state == engine::BrokerState::stopping || snapshot.state == engine::BrokerState::stopped) return;
  for (std::size_t i = 0; i < pools_.size(); ++i) {
    const PoolSnapshot& pool = snapshot.pools[i];
    const PoolConfig& config = config_.pools[i];
    const Watched& watched = pools_[i];
    if (config.attached_only || pool.drained) continue;
    const bool starts = std::ranges::any_of(
        pool.workers, [](const WorkerSnapshot& worker) { return worker.state == WorkerState::starting; });
    const bool has_room = pool.workers.size() < config.max_workers && !starts;
    if (pool.breaker == BreakerState::open && has_room && now >= watched.since + longest_wait(config))
      violation("a breaker stays open although its longest wait has passed");
    if (pool.breaker != BreakerState::half_open) continue;
    for (const WorkerSnapshot& worker : pool.workers) {
      const auto probe = watched.probes.find(worker.id);
      if (probe == watched.probes.end() || !serves(worker) || probe->second == far_future) continue;
      if (now >= probe->second + config.restart_backoff_max)
        violation("a breaker stays half open although its probe lasts");
    }
  }
}

}  // namespace plugbroker::sim
