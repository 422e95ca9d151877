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
  /// `concurrency` is the most calls that any worker of the pool holds. With `last_used_first` workers that aren't
  /// needed stay idle, and so can be found out; else all take their turn.
  explicit LeastLoaded(std::uint32_t concurrency, bool last_used_first = false)
      : by_load_(concurrency), lowest_(concurrency), last_used_first_(last_used_first) {}

  void insert(Worker& worker) noexcept;
  void erase(Worker& worker) noexcept;

  /// A worker with the fewest calls, of these the one that waited longest (or that was used last); null when none has a
  /// free slot.
  [[nodiscard]] Worker* find() noexcept;

  /// How many there are.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  using WorkerList = IntrusiveList<Worker, &Worker::in_load>;

  std::vector<WorkerList> by_load_;  ///< [n]: those that hold n calls.
  std::size_t lowest_;               ///< No list before it has a worker.
  std::size_t size_ = 0;
  bool last_used_first_;
};

}  // namespace plugbroker::engine
