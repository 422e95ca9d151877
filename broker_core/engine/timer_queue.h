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
  [[nodiscard]] bool is_set() const noexcept { return due_ != far_future; }

 private:
  friend class TimerQueue;
  static constexpr std::size_t outside = static_cast<std::size_t>(-1);

  TimerOwner owner_;
  TimePoint due_ = far_future;   ///< far_future: it is not set.
  std::size_t place_ = outside;  ///< Of its entry; it may have one when it is not set.
};

/// All timers that are set, the earliest first. Timers of one time come in no special, but always the same, order.
///
/// Made for timers that are set for every call and nearly never come: one that is set to a later time, or relaxed, keeps
/// the entry that it has, which is corrected when its time comes. So both are O(1); all else is O(log n).
class TimerQueue {
 public:
  /// Sets or moves the timer. far_future cancels it.
  void set(Timer& timer, TimePoint due) {
    const bool entry_will_do = timer.place_ != Timer::outside && heap_[timer.place_].due <= due;
    if (!entry_will_do || due == far_future) return place(timer, due);
    if (!timer.is_set()) ++set_count_;
    timer.due_ = due;
  }
  /// Harmless when it is not set.
  void cancel(Timer& timer) noexcept { place(timer, far_future); }
  /// cancel() for a timer that is going to be set again and lives as long as this queue, or is cancelled later.
  void relax(Timer& timer) noexcept {
    if (timer.is_set()) --set_count_;
    timer.due_ = far_future;
  }

  /// Nothing is due before; far_future when no timer is set. When it is too early, pop_due() gives nothing then.
  [[nodiscard]] TimePoint next() const noexcept { return set_count_ == 0 ? far_future : heap_.front().due; }

  /// Takes out one timer that is due at `now`; null when there is none.
  [[nodiscard]] Timer* pop_due(TimePoint now) noexcept;

 private:
  struct Entry {
    TimePoint due;  ///< Not later than its timer's.
    Timer* timer;
  };

  void place(Timer& timer, TimePoint due);
  void remove_entry(Timer& timer) noexcept;
  void put(std::size_t place, const Entry& entry) noexcept;
  void sift_up(std::size_t place, const Entry& entry) noexcept;
  void sift_down(std::size_t place, const Entry& entry) noexcept;

  std::vector<Entry> heap_;
  std::size_t set_count_ = 0;
};

}  // namespace plugbroker::engine
