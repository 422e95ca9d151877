// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/pool_sizing.h"

#include <algorithm>

namespace plugbroker::engine {
namespace {

/// Draining workers that may be replaced before they are gone. One whose channel has just closed is not among them
/// until its failure is counted: only then does the back-off hold, and are the calls told that wait for a worker.
std::size_t replaceable(const Pool& pool) noexcept {
  std::size_t count = 0;
  if (pool.draining == 0) return count;
  for (const Worker* worker = pool.workers.front(); worker != nullptr; worker = pool.workers.next(*worker)) {
    const bool known_why =
        worker->failure_recorded || worker->end_expected || worker->channel_state == ChannelState::open;
    if (worker->state == WorkerState::draining && known_why) ++count;
  }
  return count;
}

/// Replacements whose old worker is still there.
std::size_t pending_replacements(const Pool& pool) noexcept {
  return std::min(pool.replacements, pool.to_recycle);
}

std::size_t alive(const Pool& pool) noexcept {
  const std::size_t on_their_way_out = replaceable(pool) + pending_replacements(pool);
  return pool.workers.size() - std::min<std::size_t>(on_their_way_out, pool.config.max_surge);
}

std::size_t minimum_of(const Pool& pool) noexcept {
  return pool.retiring() ? 0 : pool.config.min_workers;
}

std::size_t spare_of(const Pool& pool) noexcept {
  return pool.retiring() ? 0 : pool.config.spare_workers;
}

bool wants_capacity(const Pool& pool) noexcept {
  const std::size_t living = alive(pool);
  if (living < minimum_of(pool)) return true;
  if (living >= pool.config.max_workers) return false;
  const std::size_t free = pool.least_loaded.size();
  const std::size_t lacking = spare_of(pool) > free ? spare_of(pool) - free : 0;
  const std::size_t for_the_queue = (pool.waiting.size() + pool.config.concurrency - 1) / pool.config.concurrency;
  const std::size_t coming =
      pool.starting - std::min<std::size_t>(pool.replacements_starting, pending_replacements(pool));
  return coming < for_the_queue + lacking;
}

bool wants_replacement(const Pool& pool) noexcept {
  if (pool.to_recycle <= pool.replacements) return false;
  const std::size_t surge = pool.config.max_surge;
  if (pool.workers.size() >= pool.config.max_workers + surge) return false;
  return replaceable(pool) + pool.replacements < surge;
}

}  // namespace

std::optional<StartPurpose> next_start_of(const Pool& pool) noexcept {
  if (pool.config.attached_only || (pool.retiring() && pool.waiting.empty())) return std::nullopt;
  const bool one_at_a_time = pool.restart.failures_in_a_row() > 0;
  const std::uint32_t at_once = one_at_a_time ? 1 : std::max(pool.config.max_concurrent_starts, 1u);
  if (pool.starting >= at_once) return std::nullopt;
  switch (pool.restart.breaker()) {
    case BreakerState::open:
      if (has_place_for_a_start(pool)) return StartPurpose::probe;
      return std::nullopt;
    case BreakerState::half_open:
      return std::nullopt;
    case BreakerState::closed:
      break;
  }
  if (wants_capacity(pool)) return StartPurpose::capacity;
  if (!pool.retiring() && wants_replacement(pool)) return StartPurpose::replacement;
  return std::nullopt;
}

bool has_place_for_a_start(const Pool& pool) noexcept {
  return alive(pool) < pool.config.max_workers;
}

bool can_spare_an_idle_worker(const Pool& pool) noexcept {
  const std::size_t counting_on = std::min<std::size_t>(alive(pool), pool.serving);
  return pool.waiting.empty() && counting_on > minimum_of(pool) && pool.least_loaded.size() > spare_of(pool);
}

}  // namespace plugbroker::engine
