// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "client_lib/core/call.h"

namespace plugbroker::client {

/// The calls by the time at which each wants attention: a heap that knows where each call is.
///
/// set() may throw std::bad_alloc for a call that has no timer yet; everything else needs no memory.
class CallTimers {
 public:
  void set(Call& call, TimePoint time);
  void clear(Call& call) noexcept;
  /// Null when there is none.
  [[nodiscard]] Call* first() const noexcept { return heap_.empty() ? nullptr : heap_.front(); }
  [[nodiscard]] TimePoint next() const noexcept { return heap_.empty() ? far_future : heap_.front()->timer_; }

 private:
  void put(std::size_t index, Call* call) noexcept;
  void move_up(std::size_t index) noexcept;
  void move_down(std::size_t index) noexcept;

  std::vector<Call*> heap_;
};

}  // namespace plugbroker::client
