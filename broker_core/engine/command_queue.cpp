// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/command_queue.h"

namespace plugbroker::engine {

/// Kept out of pop(), which is short without it.
void CommandQueue::give(const ConnectionId& entry, Command& command) {
  if (entry == another) {
    command = std::move(others_[next_other_++]);
  } else {
    command = OutputReady{entry};
  }
}

void CommandQueue::forget_others() noexcept {
  others_.clear();
  next_other_ = 0;
}

}  // namespace plugbroker::engine
