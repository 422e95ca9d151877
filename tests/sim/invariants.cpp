// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/invariants.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace plugbroker::sim {

using engine::PoolConfig;
using engine::PoolSnapshot;
using engine::Snapshot;
using engine::WorkerSnapshot;
using engine::WorkerState;

void Invariants::check(const Snapshot& snapshot, const LivingProcesses& living, std::size_t connections,
                       bool client_spoke) {
  waited_before_.resize(snapshot.pools.size());
  for (std::size_t i = 0; i < snapshot.pools.size(); ++i) {
    const PoolSnapshot& pool = snapshot.pools[i];
    const PoolConfig& config = config_.pools[i];
    check_sizes(config, pool, living[i]);
    // A full queue takes no new call, but calls that a worker gives back.
    const std::uint32_t waited = std::exchange(waited_before_[i], pool.calls_waiting);
    const std::uint32_t slots = (config.max_workers + config.max_surge) * config.concurrency;
    check_queue(config, pool, client_spoke ? std::max(waited, config.queue_limit) : config.queue_limit + slots);
    for (const WorkerSnapshot& worker : pool.workers) check_worker(pool, worker);
  }
  check_quotas(snapshot);
  check_counts(snapshot, connections);
}

void Invariants::check_quotas(const Snapshot& snapshot) {
  std::uint64_t queued = 0;
  std::uint64_t calls = 0;
  for (const engine::CallerSnapshot& caller : snapshot.callers) {
    if (caller.sessions > config_.quotas.max_sessions) violation("a user has more sessions than his quota");
    if (caller.calls_in_progress > config_.quotas.max_calls) violation("a user has more calls than his quota");
    if (caller.queued_bytes > config_.quotas.max_queued_bytes) violation("a user holds more memory than his quota");
    queued += caller.queued_bytes;
    calls += caller.calls_in_progress;
  }
  if (queued > config_.max_queued_bytes) violation("all users hold more memory than max_queued_bytes");
  if (calls != snapshot.calls_in_progress) violation("the users' calls are not all calls");
}

void Invariants::check_sizes(const PoolConfig& config, const PoolSnapshot& pool, std::size_t living) {
  if (config.attached_only) return;
  const std::size_t most = config.max_workers + config.max_surge;
  if (living > most) violation("more processes live than max_workers and max_surge");
  if (pool.workers.size() > most) violation("more workers than max_workers and max_surge");
  const auto starting = std::ranges::count(pool.workers, WorkerState::starting, &WorkerSnapshot::state);
  if (starting > static_cast<std::ptrdiff_t>(config.max_concurrent_starts))
    violation("more workers start at the same time than max_concurrent_starts");
}

void Invariants::check_queue(const PoolConfig& config, const PoolSnapshot& pool, std::uint32_t most) {
  if (pool.calls_waiting > most) violation("the queue is too long");
  if (pool.calls_waiting == 0) return;
  const bool has_free_slot = std::ranges::any_of(pool.workers, [&](const WorkerSnapshot& worker) {
    const auto known = workers_.find(worker.id);
    const bool serves = worker.state == WorkerState::ready || worker.state == WorkerState::busy;
    return serves && known != workers_.end() &&
           worker.calls_in_progress < std::min(config.concurrency, known->second.worker->concurrency());
  });
  if (has_free_slot) violation("a call waits although a worker has a free slot");
}

void Invariants::check_worker(const PoolSnapshot& pool, const WorkerSnapshot& worker) {
  if (worker.calls_in_progress > pool.concurrency) violation("a worker holds more calls than the concurrency");
  const auto place = workers_.find(worker.id);
  if (place == workers_.end()) return;
  Known& known = place->second;
  const std::uint64_t requests = known.worker->pipe.requests_taken;
  if (worker.state == WorkerState::ready || worker.state == WorkerState::busy) {
    known.requests = requests;
    if (worker.calls_in_progress < known.worker->calls()) violation("a slot is free before the worker ended its call");
  } else if (requests > known.requests) {
    violation("a call reached a worker that was " + std::string{engine::to_string(worker.state)});
  }
}

void Invariants::check_counts(const Snapshot& snapshot, std::size_t connections) {
  const std::uint64_t outcomes =
      std::accumulate(snapshot.calls_by_status.begin(), snapshot.calls_by_status.end(), std::uint64_t{0});
  if (snapshot.calls_accepted != outcomes + snapshot.calls_in_progress) violation("a call is lost or doubled");
  std::uint32_t most_streams = config_.max_streams_per_session;
  for (const PoolConfig& pool : config_.pools) most_streams = std::max(most_streams, pool.concurrency);
  const engine::FlowControlConfig& flow = config_.flow_control;
  const std::uint64_t largest_connection =
      std::uint64_t{most_streams} * flow.stream_window_bytes + flow.window_growth_bytes;
  if (snapshot.buffered_bytes > connections * largest_connection)
    violation("more bytes are held than the windows allow");
  if (snapshot.sessions > config_.max_sessions) violation("more sessions than max_sessions");
  if (snapshot.half_open_connections > limits::max_half_open_connections) violation("too many half-open connections");
}

void Invariants::check_times(const Snapshot& snapshot, const std::list<RandomClient>& clients,
                             const EngineWorld& world) {
  for (const RandomClient& client : clients) {
    if (const std::uint64_t stream = client.overdue_stream())
      violation("stream " + std::to_string(stream) + " has no outcome at its deadline");
  }
  for (std::size_t i = 0; i < snapshot.pools.size(); ++i) {
    for (const WorkerSnapshot& worker : snapshot.pools[i].workers) check_patience(config_.pools[i], worker, world);
  }
}

void Invariants::check_patience(const PoolConfig& config, const WorkerSnapshot& shown, const EngineWorld& world) {
  const auto place = workers_.find(shown.id);
  if (place == workers_.end()) return;
  const RandomWorker& worker = *place->second.worker;
  const bool serves = shown.state == WorkerState::ready || shown.state == WorkerState::busy;
  const auto has_passed = [&](TimePoint since, Duration limit) {
    return since != far_future && world.now >= since + limit;
  };
  if (shown.state == WorkerState::starting && has_passed(worker.started_at(), config.start_timeout))
    violation("a worker starts for longer than its start_timeout");
  if (serves && has_passed(worker.oldest_cancel(), config.cancel_grace))
    violation("a worker serves although it has not ended a cancelled call within its cancel_grace");
  if (has_passed(worker.told_to_stop_at(), config.stop_timeout) && !world.was_terminated(worker.process))
    violation("a worker is not terminated although its stop_timeout has passed");
}

void Invariants::check_calm(const Snapshot& snapshot, const std::list<RandomClient>& clients) {
  constexpr std::uint32_t least_credit = limits::connection_window_bytes / 2;
  for (const RandomClient& client : clients) {
    if (client.gone()) continue;
    for (const std::uint64_t stream : client.open_streams())
      violation("stream " + std::to_string(stream) + " has no END");
    if (client.connection_credit() < least_credit) violation("a client's credit was not given back");
  }
  for (const PoolSnapshot& pool : snapshot.pools) {
    for (const WorkerSnapshot& worker : pool.workers) {
      const auto known = workers_.find(worker.id);
      if (worker.state != WorkerState::ready && worker.state != WorkerState::busy) continue;
      if (worker.calls_in_progress > 0) violation("a slot is not free although all calls have ended");
      if (known != workers_.end() && !known->second.worker->gone() &&
          known->second.worker->connection_credit() < least_credit)
        violation("a worker's credit was not given back");
    }
  }
}

void Invariants::check_emptiness(const Snapshot& snapshot, TimePoint next_timer, int stopped,
                                 const LivingProcesses& living) {
  if (stopped != 1) violation("Stopped was given " + std::to_string(stopped) + " times");
  if (snapshot.calls_in_progress != 0) violation("calls are left");
  if (snapshot.buffered_bytes != 0) violation("bytes are left");
  if (snapshot.held_bytes != 0 || !snapshot.callers.empty()) violation("users hold something after the end");
  if (snapshot.sessions + snapshot.half_open_connections != 0) violation("sessions are left");
  for (const PoolSnapshot& pool : snapshot.pools) {
    if (!pool.workers.empty()) violation("workers are left");
    if (pool.calls_waiting != 0) violation("calls wait after the end");
  }
  if (std::ranges::any_of(living, [](std::size_t count) { return count > 0; })) violation("processes are left");
  if (next_timer != far_future) violation("a timer is left");
}

}  // namespace plugbroker::sim
