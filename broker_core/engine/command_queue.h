// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "broker_core/engine/commands.h"

namespace plugbroker::engine {

/// Commands in order. It is drained after every event, and then reuses its memory.
class CommandQueue {
 public:
  template <typename Kind>
  void push(Kind&& command) {
    commands_.emplace_back(std::forward<Kind>(command));
  }

  /// False when there is none.
  [[nodiscard]] bool pop(Command& command) {
    if (next_ == commands_.size()) {
      commands_.clear();
      next_ = 0;
      return false;
    }
    Command& next = commands_[next_++];
    if (const OutputReady* ready = std::get_if<OutputReady>(&next)) {
      command = *ready;  // By far the most frequent, and nothing to move.
    } else {
      command = std::move(next);
    }
    return true;
  }

 private:
  std::vector<Command> commands_;
  std::size_t next_ = 0;
};

}  // namespace plugbroker::engine
