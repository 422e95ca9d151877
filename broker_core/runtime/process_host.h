// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "broker_core/base/strong_id.h"
#include "broker_core/engine/commands.h"
#include "broker_core/engine/snapshot.h"

namespace plugbroker::runtime {

/// What a ProcessHost reports, always from inside ProcessHost::deliver(), on the loop's thread.
class ProcessSink {
 public:
  virtual ~ProcessSink() = default;

  virtual void worker_started(WorkerId worker, ConnectionId channel, std::uint32_t process_id) = 0;
  virtual void worker_start_failed(WorkerId worker, std::string_view reason) = 0;
  /// As worker_start_failed, for one that terminate() came for before its start was begun.
  virtual void worker_start_withdrawn(WorkerId worker) = 0;
  virtual void worker_exited(WorkerId worker, std::uint32_t exit_code) = 0;
  /// From time to time, between worker_started and worker_exited.
  virtual void worker_observed(WorkerId worker, std::uint64_t private_bytes) = 0;
  /// `schedule` or `files_changed`: workers that are started from now on are other ones.
  virtual void pool_outdated(engine::PoolIndex pool, engine::RecycleReason reason) = 0;
};

/// Starts and ends worker processes without ever blocking the loop; wakes the transport when it has something to
/// report.
class ProcessHost {
 public:
  virtual ~ProcessHost() = default;

  /// Exactly one of worker_started, worker_start_failed and worker_start_withdrawn follows; worker_exited after the
  /// first only.
  virtual void start(WorkerId worker, engine::PoolIndex pool) = 0;

  /// Ends the worker's whole process tree. Harmless when it has ended. Also valid before worker_started was reported.
  /// With `evidence` a case is kept of it, and its end comes a bounded time later: a dump is taken first.
  virtual void terminate(WorkerId worker, std::shared_ptr<const engine::EvidenceCase> evidence) = 0;

  /// Keeps a case of a worker whose worker_exited was just reported; nothing is known any more of one that ended
  /// limits::remembered_exit ago.
  virtual void keep_evidence(WorkerId worker, std::shared_ptr<const engine::EvidenceCase> evidence) = 0;

  /// Reports what happened since the last call.
  virtual void deliver(ProcessSink& sink) = 0;
};

}  // namespace plugbroker::runtime
