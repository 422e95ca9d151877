// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/least_loaded.h"

#include <algorithm>

namespace plugbroker::engine {

void LeastLoaded::insert(Worker& worker) noexcept {
  const std::size_t load = worker.calls.size();
  PLUGBROKER_ASSERT(load < by_load_.size());
  if (last_used_first_) {
    by_load_[load].push_front(worker);
  } else {
    by_load_[load].push_back(worker);
  }
  ++size_;
  lowest_ = std::min(lowest_, load);
}

void LeastLoaded::erase(Worker& worker) noexcept {
  by_load_[worker.calls.size()].erase(worker);
  --size_;
}

Worker* LeastLoaded::find() noexcept {
  while (lowest_ < by_load_.size() && by_load_[lowest_].empty()) ++lowest_;
  return lowest_ < by_load_.size() ? by_load_[lowest_].front() : nullptr;
}

}  // namespace plugbroker::engine
