// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/fair_queue.h"

#include <algorithm>

#include "broker_core/base/assert.h"

namespace plugbroker::engine {

Call* FairQueue::front() const noexcept {
  const CallerLane* lane = turns_.front();
  return lane == nullptr ? nullptr : lane->calls.front();
}

Call* FairQueue::next(const Call& call) noexcept {
  if (Call* behind = call.lane->calls.next(call)) return behind;
  const CallerLane* following = LaneList::next(*call.lane);
  return following == nullptr ? nullptr : following->calls.front();
}

void FairQueue::push_back(Call& call, CallerId caller, TimePoint now) {
  CallerLane& lane = lane_of(caller);
  begin_resize(lane);
  lane.calls.push_back(call);
  end_resize(lane);
  call.lane = &lane;
  call.waiting_since = now;
}

void FairQueue::push_front(Call& call, CallerId caller, TimePoint now) {
  CallerLane& lane = lane_of(caller);
  begin_resize(lane);
  lane.calls.push_front(call);
  end_resize(lane);
  turns_.erase(lane);
  turns_.push_front(lane);
  call.lane = &lane;
  call.waiting_since = now - call.waited;
  call.was_put_back = true;
}

Call& FairQueue::take_front(TimePoint now) {
  CallerLane* lane = turns_.front();
  PLUGBROKER_ASSERT(lane != nullptr);
  Call& call = *lane->calls.front();
  turns_.erase(*lane);
  turns_.push_back(*lane);
  erase(call);
  call.waited = now - call.waiting_since;
  return call;
}

void FairQueue::erase(Call& call) noexcept {
  CallerLane& lane = *call.lane;
  begin_resize(lane);
  lane.calls.erase(call);
  call.lane = nullptr;
  if (lane.calls.empty()) {
    retire(lane);
  } else {
    end_resize(lane);
  }
}

Call* FairQueue::to_evict_for(CallerId caller) const noexcept {
  const CallerLane* own = by_caller_.find({caller.value, 0});
  const std::size_t held = own == nullptr ? 0 : own->calls.size();
  if (largest_ < held + 2) return nullptr;
  return by_size_[largest_].front()->calls.back();
}

Duration FairQueue::expected_wait(CallerId caller, TimePoint now) const noexcept {
  const CallerLane* own = by_caller_.find({caller.value, 0});
  const Call* first = own == nullptr ? front() : own->calls.front();
  return first == nullptr ? Duration{} : now - first->waiting_since;
}

Duration FairQueue::longest_wait(TimePoint now) const noexcept {
  TimePoint earliest = now;
  for (const CallerLane* lane = turns_.front(); lane != nullptr; lane = LaneList::next(*lane)) {
    // Of those that were put back any may have waited longest, of those behind them the first.
    for (const Call* call = lane->calls.front(); call != nullptr; call = lane->calls.next(*call)) {
      earliest = std::min(earliest, call->waiting_since);
      if (!call->was_put_back) break;
    }
  }
  return now - earliest;
}

CallerLane& FairQueue::lane_of(CallerId caller) {
  if (CallerLane* lane = by_caller_.find({caller.value, 0})) return *lane;
  if (spare_.empty()) spare_.push_back(lanes_.emplace_back());
  CallerLane& lane = *spare_.front();
  spare_.erase(lane);
  lane.caller = caller;
  by_caller_.insert({caller.value, 0}, lane);
  turns_.push_back(lane);
  return lane;
}

/// Its number of calls is about to change.
void FairQueue::begin_resize(CallerLane& lane) noexcept {
  const std::size_t calls = lane.calls.size();
  size_ -= calls;
  if (calls == 0) return;
  by_size_[calls].erase(lane);
  if (calls == largest_ && by_size_[calls].empty()) --largest_;
}

/// Its number of calls has changed, by one.
void FairQueue::end_resize(CallerLane& lane) {
  const std::size_t calls = lane.calls.size();
  size_ += calls;
  if (calls == by_size_.size()) by_size_.emplace_back();
  by_size_[calls].push_back(lane);
  largest_ = std::max(largest_, calls);
}

void FairQueue::retire(CallerLane& lane) noexcept {
  turns_.erase(lane);
  by_caller_.erase({lane.caller.value, 0});
  spare_.push_back(lane);
}

}  // namespace plugbroker::engine
