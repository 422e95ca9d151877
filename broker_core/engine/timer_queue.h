// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <variant>
#include <vector>

#include "broker_core/base/time.h"

namespace plugbroker::engine {

struct Session;
struct Worker;
struct Call;
struct Pool;
struct WorkerHealth;

/// Whom a timer wakes; what it means then follows from the owner's state. The broker itself (its stop) is monostate.
using TimerOwner = std::variant<std::monostate, Session*, Worker*, WorkerHealth*, Call*, Pool*>;

/// One timer, a member of its owner. Set through a TimerQueue; must be cancelled before it dies.
class Timer {
 public:
  explicit Timer(TimerOwner owner) noexcept : owner_(owner) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  [[nodiscard]] const TimerOwner& owner() const noexcept { return owner_; }
  [[nodiscard]] bool is_set() const noexcept { return place_ != unset; }

 private:
  friend class TimerQueue;
  static constexpr std::size_t unset = static_cast<std::size_t>(-1);

  TimerOwner owner_;
  std::size_t place_ = unset;
};

/// All timers that are set, the earliest first. Every operation is O(log n); timers of one time come in no special, but
/// always the same, order.
class TimerQueue {
 public:
  /// Sets or moves the timer. far_future cancels it.
  void set(Timer& timer, TimePoint due);
  /// Harmless when it is not set.
  void cancel(Timer& timer) noexcept;

  /// When the earliest is due; far_future when none is set.
  [[nodiscard]] TimePoint next() const noexcept { return heap_.empty() ? far_future : heap_.front().due; }

  /// Takes out one timer that is due at `now`; null when there is none.
  [[nodiscard]] Timer* pop_due(TimePoint now) noexcept;

 private:
  struct Entry {
    TimePoint due;
    Timer* timer;
  };

  void put(std::size_t place, const Entry& entry) noexcept;
  void sift_up(std::size_t place, const Entry& entry) noexcept;
  void sift_down(std::size_t place, const Entry& entry) noexcept;

  std::vector<Entry> heap_;
};

}  // namespace plugbroker::engine
