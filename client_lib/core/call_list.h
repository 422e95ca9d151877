// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace plugbroker::client {

class Call;

/// A call's place in a CallList.
struct CallHook {
  Call* previous = nullptr;
  Call* next = nullptr;
  const void* list = nullptr;  ///< The list that it is in.
};

/// A list of calls through one of their hooks: needs no memory, and a call is taken out from anywhere. Owns nothing.
template <CallHook Call::* hook>
class CallList {
 public:
  CallList() = default;
  CallList(const CallList&) = delete;
  CallList& operator=(const CallList&) = delete;

  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
  [[nodiscard]] Call* front() const noexcept { return first_; }
  [[nodiscard]] Call* back() const noexcept { return last_; }
  [[nodiscard]] bool contains(const Call& call) const noexcept { return (call.*hook).list == this; }
  [[nodiscard]] static Call* next(const Call& call) noexcept { return (call.*hook).next; }
  [[nodiscard]] static Call* previous(const Call& call) noexcept { return (call.*hook).previous; }

  void push_back(Call& call) noexcept { insert_before(nullptr, call); }
  /// At the end when `before` is null. `call` must be in no list of this hook.
  void insert_before(Call* before, Call& call) noexcept {
    CallHook& place = call.*hook;
    place.list = this;
    place.next = before;
    place.previous = before == nullptr ? last_ : (before->*hook).previous;
    (place.previous == nullptr ? first_ : (place.previous->*hook).next) = &call;
    (before == nullptr ? last_ : (before->*hook).previous) = &call;
  }
  /// Does nothing when `call` isn't in this list.
  void remove(Call& call) noexcept {
    CallHook& place = call.*hook;
    if (place.list != this) return;
    (place.previous == nullptr ? first_ : (place.previous->*hook).next) = place.next;
    (place.next == nullptr ? last_ : (place.next->*hook).previous) = place.previous;
    place = {};
  }
  /// Null when empty.
  Call* pop_front() noexcept {
    Call* call = first_;
    if (call != nullptr) remove(*call);
    return call;
  }

 private:
  Call* first_ = nullptr;
  Call* last_ = nullptr;
};

}  // namespace plugbroker::client
