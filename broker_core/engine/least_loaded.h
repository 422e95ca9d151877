// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "broker_core/engine/worker.h"

namespace plugbroker::engine {

/// The workers of a pool that can take a call, found by the number of calls that they hold, in O(1) amortised.
///
/// A worker is in it while it is ready or busy with a free slot; take it out before its number of calls changes.
class LeastLoaded {
 public:
  /// `concurrency` is the most calls that any worker of the pool holds.
  explicit LeastLoaded(std::uint32_t concurrency) : by_load_(concurrency), lowest_(concurrency) {}

  void insert(Worker& worker) noexcept;
  void erase(Worker& worker) noexcept;

  /// A worker with the fewest calls, of these the one that waited longest; null when none has a free slot.
  [[nodiscard]] Worker* find() noexcept;

 private:
  using WorkerList = IntrusiveList<Worker, &Worker::in_load>;

  std::vector<WorkerList> by_load_;  ///< [n]: those that hold n calls.
  std::size_t lowest_;               ///< No list before it has a worker.
};

}  // namespace plugbroker::engine
