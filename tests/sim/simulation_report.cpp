// SPDX-License-Identifier: Apache-2.0
// How a run begins and what it tells; the run itself is in simulation.cpp.

#include <numeric>

#include "tests/sim/sim_config.h"
#include "tests/sim/simulation.h"

namespace plugbroker::sim {

using engine::PoolSnapshot;
using engine::Snapshot;

namespace {

engine::EngineConfig falsified(engine::EngineConfig config, Sabotage sabotage) {
  for (engine::PoolConfig& pool : config.pools) {
    if (sabotage == Sabotage::shorten_start) pool.start_timeout = Duration{};
    if (sabotage == Sabotage::shorten_stop) pool.stop_timeout = Duration{};
    if (sabotage == Sabotage::shorten_grace) pool.cancel_grace = Duration{};
    if (sabotage == Sabotage::tighten_bounds) pool.max_concurrent_starts = 0;
  }
  if (sabotage == Sabotage::tighten_bounds) config.max_sessions = 0;
  if (sabotage == Sabotage::tighten_sessions) config.quotas.max_sessions = 0;
  if (sabotage == Sabotage::tighten_calls) config.quotas.max_calls = 0;
  if (sabotage == Sabotage::tighten_memory) config.quotas.max_queued_bytes = 0;
  if (sabotage == Sabotage::tighten_all_memory) config.max_queued_bytes = 0;
  if (sabotage == Sabotage::loosen_quotas) {
    config.quotas.max_sessions *= 10;
    config.quotas.max_calls *= 10;
  }
  return config;
}

}  // namespace

Simulation::Simulation(std::uint64_t seed, const Options& options)
    : dice_(seed),
      options_(options),
      config_(draw_config(dice_)),
      checked_config_(falsified(config_, options.sabotage)),
      world_(config_),
      invariants_(checked_config_, violations_),
      fairness_(checked_config_, violations_) {
  world_.after_event = [this](const engine::Event& event) { after_event(event); };
}

Simulation::Report Simulation::run() {
  const std::uint64_t stop_at = dice_.once_in(4) ? dice_.below(options_.events) : options_.events;
  bool stopping = false;
  while (events_ < options_.events && !failed()) {
    step();
    if (stopping || events_ < stop_at) continue;
    stopping = true;
    if (stop_at < options_.events) world_.stop(std::chrono::milliseconds{dice_.below(2'000)});
  }
  if (!failed()) finish_calls();
  if (!failed()) stop();
  return report();
}

Simulation::Report Simulation::report() const {
  Report report{.violations = violations_, .events = events_, .calls_given = ledger_.calls()};
  for (const RandomClient& client : clients_) {
    for (const auto& [status, count] : client.outcomes()) report.outcomes[status] += count;
  }
  for (const PoolSnapshot& pool : world_.snapshot().pools) {
    report.workers_started += pool.workers_started;
    report.workers_failed += pool.workers_failed;
    report.calls_repeated += pool.calls_repeated;
    report.recycles += std::accumulate(pool.recycles.begin(), pool.recycles.end(), std::uint64_t{0});
  }
  return report;
}

/// What a snapshot would show if the engine had that fault.
void Simulation::spoil(Snapshot& snapshot) const {
  if (options_.sabotage == Sabotage::forget_call && snapshot.calls_in_progress > 0) --snapshot.calls_in_progress;
  if (options_.sabotage == Sabotage::hoard_bytes) snapshot.buffered_bytes += std::uint64_t{1} << 40;
  for (std::size_t i = 0; i < snapshot.pools.size(); ++i) {
    PoolSnapshot& pool = snapshot.pools[i];
    if (options_.sabotage == Sabotage::lengthen_queue && pool.calls_waiting == config_.pools[i].queue_limit)
      ++pool.calls_waiting;
    for (engine::WorkerSnapshot& worker : pool.workers) {
      if (options_.sabotage == Sabotage::free_slot_early) worker.calls_in_progress = 0;
      if (options_.sabotage == Sabotage::keep_slot) ++worker.calls_in_progress;
      if (options_.sabotage == Sabotage::ask_drainer && worker.state == engine::WorkerState::busy)
        worker.state = engine::WorkerState::draining;
    }
  }
}

}  // namespace plugbroker::sim
