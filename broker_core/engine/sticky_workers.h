// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <vector>

#include "broker_core/base/strong_id.h"
#include "broker_core/engine/commands.h"

namespace plugbroker::engine {

/// Which worker had a session's last call, for each pool with sticky_sessions that it has called: at most one entry a
/// pool, and no memory for a session that calls no such pool.
class StickyWorkers {
 public:
  /// None when the session has not called the pool.
  [[nodiscard]] WorkerId find(PoolIndex pool) const noexcept {
    const auto place = std::ranges::find(entries_, pool, &Entry::pool);
    return place == entries_.end() ? WorkerId{} : place->worker;
  }

  void remember(PoolIndex pool, WorkerId worker) {
    const auto place = std::ranges::find(entries_, pool, &Entry::pool);
    if (place == entries_.end()) {
      entries_.push_back({pool, worker});
    } else {
      place->worker = worker;
    }
  }

 private:
  struct Entry {
    PoolIndex pool;
    WorkerId worker;
  };

  std::vector<Entry> entries_;
};

}  // namespace plugbroker::engine
