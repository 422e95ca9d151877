// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/broker_loop.h"

namespace plugbroker::runtime {

void SnapshotBoard::publish(std::shared_ptr<const engine::Snapshot> snapshot) {
  const std::lock_guard lock(mutex_);
  latest_.swap(snapshot);
}

std::shared_ptr<const engine::Snapshot> SnapshotBoard::latest() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

}  // namespace plugbroker::runtime
