// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/engine/pool.h"

namespace plugbroker::engine {

/// Takes a worker out of its pool's counts while it is changed in what they count (state, purpose, to_be_recycled), and
/// puts it back as it is then.
class PoolCounts {
 public:
  explicit PoolCounts(Worker& worker) noexcept : worker_(worker) { add(~std::uint32_t{0}); }
  ~PoolCounts() { add(1); }
  PoolCounts(const PoolCounts&) = delete;
  PoolCounts& operator=(const PoolCounts&) = delete;

 private:
  /// Minus one is the largest number: unsigned counts wrap around.
  void add(std::uint32_t one) noexcept {
    Pool& pool = *worker_.pool;
    const bool starting = worker_.state == WorkerState::starting;
    const bool serving = worker_.state == WorkerState::ready || worker_.state == WorkerState::busy;
    const bool replaces = worker_.purpose == StartPurpose::replacement;
    if (starting) pool.starting += one;
    if (serving) pool.serving += one;
    if (worker_.state == WorkerState::draining) pool.draining += one;
    if (replaces && starting) pool.replacements_starting += one;
    if (replaces && (starting || serving)) pool.replacements += one;
    if (!replaces && serving && worker_.to_be_recycled) pool.to_recycle += one;
  }

  Worker& worker_;
};

}  // namespace plugbroker::engine
