// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/engine/workers.h"

namespace plugbroker::engine {

/// Replaces workers although nothing is wrong with them, without losing a call and without one that waits for a start.
///
/// A worker that is due is marked, and serves on. The pool keeper starts a replacement beside it; when that has been
/// ready for `limits::recycle_overlap`, the worker that was marked first drains: it finishes its calls and is stopped.
/// That moment counts as the recycle. When a replacement fails before, the old worker serves on, the pool's
/// `last_recycle_problem` says why, and the next try comes after a back-off of its own: neither the pool's back-off nor
/// its breaker counts it. With a `max_surge` of 0 nothing can be started beside: the worker drains first.
class Recycling {
 public:
  Recycling(EngineState& state, Workers& workers) noexcept : state_(state), workers_(workers) {}

  /// From READY on, or at once. Harmless when the worker is marked already (the first reason stays), drains or is
  /// attached.
  void mark(Worker& worker, RecycleReason reason);
  /// All workers of the pool, those that start too: they may have been started from what is outdated.
  void mark_all(Pool& pool, RecycleReason reason);
  void observed(Worker& worker, std::uint64_t private_bytes);

  /// Does what a serving worker is due for: marks it by calls or age, or lets it take another's place. Returns when to
  /// look again.
  TimePoint look(Worker& worker);
  /// Where `max_surge` is 0: drains a marked worker when no other starts or drains, and the minimum serves.
  void retire_without_replacement(Pool& pool);

 private:
  void take_place(Worker& replacement);
  void retire(Worker& worker, const std::string& how);

  EngineState& state_;
  Workers& workers_;
};

}  // namespace plugbroker::engine
