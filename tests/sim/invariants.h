// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <map>
#include <string>
#include <vector>

#include "tests/sim/random_client.h"
#include "tests/sim/random_worker.h"

namespace plugbroker::sim {

/// Processes that the broker asked for and that have not ended, by pool, as their host counts them.
using LivingProcesses = std::vector<std::size_t>;

/// What must hold after every event, whatever happens: between what the engine says of itself (its snapshot) and what
/// its peers and their host know. What peers can see by themselves (a second END, too much credit) they check.
class Invariants {
 public:
  Invariants(const engine::EngineConfig& config, std::vector<std::string>& violations)
      : config_(config), violations_(violations) {}

  /// Of workers that run: told before their first event.
  void worker_runs(const RandomWorker& worker) { workers_[worker.process.id] = {&worker}; }
  void worker_ended(const RandomWorker& worker) { workers_.erase(worker.process.id); }

  /// `client_spoke`: the event was bytes from a client. `connections`: those that are not closed.
  void check(const engine::Snapshot& snapshot, const LivingProcesses& living, std::size_t connections,
             bool client_spoke);
  /// When every timer that is due has been handled: calls have ended by their deadlines, and workers that take too long
  /// to start, to stop or to end a cancelled call are being ended.
  void check_times(const engine::Snapshot& snapshot, const std::list<RandomClient>& clients, const EngineWorld& world);
  /// All calls have ended, everybody has read and answered everything: slots and credit are back.
  void check_calm(const engine::Snapshot& snapshot, const std::list<RandomClient>& clients);
  /// After Stopped.
  void check_emptiness(const engine::Snapshot& snapshot, TimePoint next_timer, int stopped,
                       const LivingProcesses& living);

 private:
  struct Known {
    const RandomWorker* worker = nullptr;
    std::uint64_t requests = 0;  ///< That it had when it was last seen ready or busy.
  };

  void check_sizes(const engine::PoolConfig& config, const engine::PoolSnapshot& pool, std::size_t living);
  void check_queue(const engine::PoolConfig& config, const engine::PoolSnapshot& pool, std::uint32_t most);
  void check_worker(const engine::PoolSnapshot& pool, const engine::WorkerSnapshot& worker);
  void check_patience(const engine::PoolConfig& config, const engine::WorkerSnapshot& worker, const EngineWorld& world);
  void check_quotas(const engine::Snapshot& snapshot);
  void check_counts(const engine::Snapshot& snapshot, std::size_t connections);
  void violation(std::string text) { violations_.push_back(std::move(text)); }

  const engine::EngineConfig& config_;
  std::vector<std::string>& violations_;
  std::map<WorkerId, Known> workers_;
  std::vector<std::uint32_t> waited_before_;  ///< By pool.
};

}  // namespace plugbroker::sim
