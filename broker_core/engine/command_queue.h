// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "broker_core/engine/commands.h"

namespace plugbroker::engine {

/// Commands in order. It is drained after every event, and then reuses its memory.
///
/// OutputReady, by far the most frequent, is kept as the number that it is; the others, which own something, aside.
class CommandQueue {
 public:
  void push(OutputReady ready) { entries_.push_back(ready.connection); }

  template <typename Kind>
  void push(Kind&& command) {
    others_.emplace_back(std::forward<Kind>(command));
    entries_.push_back(another);
  }

  /// False when there is none.
  [[nodiscard]] bool pop(Command& command) {
    if (next_ == entries_.size()) {
      entries_.clear();
      next_ = 0;
      if (next_other_ != 0) forget_others();
      return false;
    }
    const ConnectionId& entry = entries_[next_++];
    OutputReady* const ready = std::get_if<OutputReady>(&command);
    if (ready == nullptr || entry == another) {
      give(entry, command);
    } else {
      ready->connection = entry;
    }
    return true;
  }

 private:
  static constexpr ConnectionId another{};  ///< No connection's.

  void give(const ConnectionId& entry, Command& command);
  void forget_others() noexcept;

  std::vector<ConnectionId> entries_;
  std::vector<Command> others_;
  std::size_t next_ = 0;
  std::size_t next_other_ = 0;
};

}  // namespace plugbroker::engine
