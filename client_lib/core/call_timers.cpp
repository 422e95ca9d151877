// SPDX-License-Identifier: Apache-2.0
#include "client_lib/core/call_timers.h"

namespace plugbroker::client {

// A call's timer_index_ is its place in heap_ plus one.

void CallTimers::put(std::size_t index, Call* call) noexcept {
  heap_[index] = call;
  call->timer_index_ = index + 1;
}

void CallTimers::set(Call& call, TimePoint time) {
  if (call.timer_index_ == 0) {
    heap_.push_back(&call);
    call.timer_index_ = heap_.size();
  }
  call.timer_ = time;
  move_up(call.timer_index_ - 1);
  move_down(call.timer_index_ - 1);
}

void CallTimers::clear(Call& call) noexcept {
  if (call.timer_index_ == 0) return;
  const std::size_t index = call.timer_index_ - 1;
  call.timer_index_ = 0;
  Call* last = heap_.back();
  heap_.pop_back();
  if (last == &call) return;
  put(index, last);
  move_up(index);
  move_down(last->timer_index_ - 1);
}

void CallTimers::move_up(std::size_t index) noexcept {
  while (index != 0) {
    const std::size_t parent = (index - 1) / 2;
    Call* above = heap_[parent];
    if (above->timer_ <= heap_[index]->timer_) return;
    put(parent, heap_[index]);
    put(index, above);
    index = parent;
  }
}

void CallTimers::move_down(std::size_t index) noexcept {
  for (std::size_t child = 2 * index + 1; child < heap_.size(); child = 2 * index + 1) {
    if (child + 1 < heap_.size() && heap_[child + 1]->timer_ < heap_[child]->timer_) ++child;
    Call* below = heap_[child];
    if (heap_[index]->timer_ <= below->timer_) return;
    put(child, heap_[index]);
    put(index, below);
    index = child;
  }
}

}  // namespace plugbroker::client
