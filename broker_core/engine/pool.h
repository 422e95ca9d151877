// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "broker_core/engine/back_off.h"
#include "broker_core/engine/commands.h"
#include "broker_core/engine/engine_config.h"
#include "broker_core/engine/fair_queue.h"
#include "broker_core/engine/least_loaded.h"
#include "broker_core/engine/restart_policy.h"
#include "broker_core/engine/worker.h"

namespace plugbroker::engine {

/// The workers behind some routes, and the calls that wait for one of them.
struct Pool {
  Pool(PoolIndex pool_index, const PoolConfig& pool_config, std::uint64_t seed = 0)
      : index(pool_index),
        config(pool_config),
        least_loaded(pool_config.concurrency, pool_config.idle_timeout > Duration{}),
        restart({pool_config.restart_backoff_min, pool_config.restart_backoff_max, pool_config.breaker}, seed),
        recycle_back_off(pool_config.restart_backoff_min, pool_config.restart_backoff_max),
        backoff_timer(this),
        recycle_timer(this),
        look_timer(this) {}

  /// Takes other settings. What failed before is forgotten; its workers stay as they are. No timer of it may be set for
  /// a start.
  void configure(const PoolConfig& changed) {
    config = changed;
    least_loaded.configure(changed.concurrency, changed.idle_timeout > Duration{});
    restart.configure({changed.restart_backoff_min, changed.restart_backoff_max, changed.breaker});
    recycle_back_off = BackOff{changed.restart_backoff_min, changed.restart_backoff_max};
    last_recycle_problem.clear();
    probe = {};
  }

  /// It has neither a minimum nor spare workers, and ends those that hold no call.
  [[nodiscard]] bool retiring() const noexcept { return drained || removed; }

  PoolIndex index;
  PoolConfig config;
  FairQueue waiting;
  IntrusiveList<Worker, &Worker::in_pool> workers;  ///< Whose process has not ended.
  LeastLoaded least_loaded;
  RestartPolicy restart;
  BackOff recycle_back_off;  ///< Of replacements that don't come up, while the old workers serve.
  Timer backoff_timer;       ///< Set while a start that is wanted has to wait.
  Timer recycle_timer;       ///< The same for a replacement.
  Timer look_timer;          ///< When time alone may change something for one of `workers`.

  std::uint32_t starting = 0;      ///< Of `workers`.
  std::uint32_t serving = 0;       ///< Of `workers`, those ready or busy.
  std::uint32_t draining = 0;      ///< Of `workers`.
  std::uint32_t to_recycle = 0;    ///< Of `serving`, those to be recycled, replacements left out.
  std::uint32_t replacements = 0;  ///< Of `starting` and `serving`, those that have not taken another's place yet.
  std::uint32_t replacements_starting = 0;  ///< Of `replacements`.
  WorkerId probe;                           ///< The one under way; none unless the breaker is half open.
  bool drained = false;                     ///< By an administrator.
  bool removed = false;                     ///< The configuration has it no more.
  bool look_asked = false;                  ///< The keeper shall look at each worker.
  bool was_complete = false;                ///< Had its minimum of workers ready once, or a failure that says it can't.
  bool outlook_is_worse = false;            ///< A failure, or nobody serves or starts any more.
  bool review_asked = false;

  std::uint64_t workers_started = 0;
  std::uint64_t workers_failed = 0;
  std::uint64_t calls_repeated = 0;
  std::string last_failure;
  TimePoint last_failure_at{};
  std::array<std::uint64_t, recycle_reasons> recycles{};
  std::string last_recycle_problem;
};

}  // namespace plugbroker::engine
