// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/timer_queue.h"

#include "broker_core/base/assert.h"

namespace plugbroker::engine {

/// Gives the timer the one entry that it needs, or takes away the one that it has.
void TimerQueue::place(Timer& timer, TimePoint due) {
  remove_entry(timer);
  relax(timer);
  if (due == far_future) return;
  ++set_count_;
  timer.due_ = due;
  const Entry entry{due, &timer};
  heap_.push_back(entry);
  sift_up(heap_.size() - 1, entry);
}

void TimerQueue::remove_entry(Timer& timer) noexcept {
  if (timer.place_ == Timer::outside) return;
  const std::size_t place = timer.place_;
  PLUGBROKER_ASSERT(place < heap_.size() && heap_[place].timer == &timer);
  timer.place_ = Timer::outside;
  const Entry moved = heap_.back();
  heap_.pop_back();
  if (place == heap_.size()) return;
  const bool belongs_higher = place > 0 && moved.due < heap_[(place - 1) / 2].due;
  if (belongs_higher) {
    sift_up(place, moved);
  } else {
    sift_down(place, moved);
  }
}

Timer* TimerQueue::pop_due(TimePoint now) noexcept {
  while (!heap_.empty() && heap_.front().due <= now) {
    Timer& timer = *heap_.front().timer;
    const bool is_due = timer.due_ == heap_.front().due;
    if (timer.is_set() && !is_due) {
      sift_down(0, {timer.due_, &timer});
      continue;
    }
    cancel(timer);
    if (is_due) return &timer;
  }
  return nullptr;
}

void TimerQueue::put(std::size_t place, const Entry& entry) noexcept {
  heap_[place] = entry;
  entry.timer->place_ = place;
}

void TimerQueue::sift_up(std::size_t place, const Entry& entry) noexcept {
  while (place > 0) {
    const std::size_t parent = (place - 1) / 2;
    if (!(entry.due < heap_[parent].due)) break;
    put(place, heap_[parent]);
    place = parent;
  }
  put(place, entry);
}

void TimerQueue::sift_down(std::size_t place, const Entry& entry) noexcept {
  for (;;) {
    std::size_t child = 2 * place + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1].due < heap_[child].due) ++child;
    if (!(heap_[child].due < entry.due)) break;
    put(place, heap_[child]);
    place = child;
  }
  put(place, entry);
}

}  // namespace plugbroker::engine
