// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "broker_core/base/strong_id.h"
#include "broker_core/base/time.h"
#include "broker_core/engine/call.h"
#include "broker_core/engine/pointer_map.h"

namespace plugbroker::engine {

/// The calls of one caller in a FairQueue, which owns it.
struct CallerLane {
  CallerId caller;
  IntrusiveList<Call, &Call::in_holder> calls;
  ListLink<CallerLane> in_turns;
  ListLink<CallerLane> in_size;
};

/// The calls that wait for a worker of one pool: the callers (SIDs) take turns, one call each, and within one caller it
/// is first come, first served. So who has a thousand calls waiting delays another caller's first call by one.
///
/// It has no bound of its own: a full queue is one with as many calls as its owner allows, to_evict_for() says who
/// gives way then, and calls that are put back always have room (each of them held a worker's slot, which bounds them).
///
/// Every step but longest_wait() is O(1), and allocates only while the queue is longer, or has more callers, than ever.
/// It keeps `lane`, `waiting_since`, `waited` and `was_put_back` of its calls.
class FairQueue {
 public:
  FairQueue() = default;
  FairQueue(const FairQueue&) = delete;
  FairQueue& operator=(const FairQueue&) = delete;

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Whose turn it is; null when empty.
  [[nodiscard]] Call* front() const noexcept;
  /// The next one when all are walked through from front(), caller by caller; null after the last.
  [[nodiscard]] static Call* next(const Call& call) noexcept;

  /// A call that has not waited yet, behind the others of its caller; a new caller's turn comes after all others'.
  void push_back(Call& call, CallerId caller, TimePoint now);
  /// A call that a worker has not taken, or was lost with: before the others of its caller, whose turn it is at once.
  /// Its wait goes on where it was.
  void push_front(Call& call, CallerId caller, TimePoint now);

  /// Takes out front(), which ends its caller's turn. Not when empty().
  Call& take_front(TimePoint now);
  /// Takes out a call that ends while it waits; turns stay as they are.
  void erase(Call& call) noexcept;

  /// Which waiting call has to give way to a new one of `caller` when the queue is full: the newest of the caller that
  /// has the most, but only when it then still has as many as `caller`, so that each eviction makes the shares more
  /// even and nobody falls below an equal share. Null: the new one has to go.
  [[nodiscard]] Call* to_evict_for(CallerId caller) const noexcept;

  /// What a call of this caller has to expect: how long its first one has waited, or, when it has none, the one whose
  /// turn it is. Zero when empty.
  [[nodiscard]] Duration expected_wait(CallerId caller, TimePoint now) const noexcept;
  /// Zero when empty. O(callers).
  [[nodiscard]] Duration longest_wait(TimePoint now) const noexcept;

 private:
  using LaneList = IntrusiveList<CallerLane, &CallerLane::in_turns>;
  using SizeList = IntrusiveList<CallerLane, &CallerLane::in_size>;

  [[nodiscard]] CallerLane& lane_of(CallerId caller);
  void begin_resize(CallerLane& lane) noexcept;
  void end_resize(CallerLane& lane);
  void retire(CallerLane& lane) noexcept;

  std::deque<CallerLane> lanes_;  // A deque: lanes never move.
  LaneList spare_;
  LaneList turns_;                       ///< Those with calls.
  PointerMap<CallerLane> by_caller_{0};  // The numbers are the broker's own: nobody aims for collisions.
  std::vector<SizeList> by_size_ = std::vector<SizeList>(1);  ///< [n]: the lanes with n calls, n above 0.
  std::size_t largest_ = 0;                                   ///< The highest n with a lane.
  std::size_t size_ = 0;
};

}  // namespace plugbroker::engine
