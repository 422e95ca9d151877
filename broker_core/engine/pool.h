// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "broker_core/engine/commands.h"
#include "broker_core/engine/engine_config.h"
#include "broker_core/engine/fair_queue.h"
#include "broker_core/engine/least_loaded.h"
#include "broker_core/engine/restart_policy.h"
#include "broker_core/engine/worker.h"

namespace plugbroker::engine {

/// The workers behind some routes, and the calls that wait for one of them.
struct Pool {
  Pool(PoolIndex pool_index, const PoolConfig& pool_config)
      : index(pool_index),
        config(pool_config),
        least_loaded(pool_config.concurrency),
        restart({pool_config.restart_backoff_min, pool_config.restart_backoff_max}),
        backoff_timer(this) {}

  PoolIndex index;
  const PoolConfig& config;
  FairQueue waiting;
  IntrusiveList<Worker, &Worker::in_pool> workers;  ///< Whose process has not ended.
  LeastLoaded least_loaded;
  RestartPolicy restart;
  Timer backoff_timer;

  std::uint32_t starting = 0;  ///< Of `workers`.
  std::uint32_t serving = 0;   ///< Of `workers`, those ready or busy.
  std::uint32_t draining = 0;  ///< Of `workers`.
  bool was_complete = false;   ///< Had its minimum of workers ready once, or a failure that says it can't.
  bool failed_since_review = false;
  bool review_asked = false;

  std::uint64_t workers_started = 0;
  std::uint64_t workers_failed = 0;
  std::uint64_t calls_repeated = 0;
  std::string last_failure;
  TimePoint last_failure_at{};
};

}  // namespace plugbroker::engine
