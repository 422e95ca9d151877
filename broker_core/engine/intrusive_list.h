// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "broker_core/base/assert.h"

namespace plugbroker::engine {

/// The place of an object in an IntrusiveList; a member of the object.
template <typename T>
struct ListLink {
  T* previous = nullptr;
  T* next = nullptr;
  bool linked = false;
};

/// A list of objects that somebody else owns, through a link inside each of them: every step is O(1) and allocates
/// nothing.
///
/// An object must be erased before it dies. One link serves several lists as long as the object is in one at a time.
template <typename T, ListLink<T> T::* link>
class IntrusiveList {
 public:
  [[nodiscard]] bool empty() const noexcept { return front_ == nullptr; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] T* front() const noexcept { return front_; }
  [[nodiscard]] T* back() const noexcept { return back_; }
  [[nodiscard]] static T* next(const T& item) noexcept { return (item.*link).next; }
  [[nodiscard]] static T* previous(const T& item) noexcept { return (item.*link).previous; }

  void push_back(T& item) noexcept { insert_between(item, back_, nullptr); }
  void push_front(T& item) noexcept { insert_between(item, nullptr, front_); }

  void erase(T& item) noexcept {
    ListLink<T>& place = item.*link;
    PLUGBROKER_ASSERT(place.linked && size_ > 0);
    (place.previous == nullptr ? front_ : (place.previous->*link).next) = place.next;
    (place.next == nullptr ? back_ : (place.next->*link).previous) = place.previous;
    place = {};
    --size_;
  }

 private:
  void insert_between(T& item, T* before, T* after) noexcept {
    ListLink<T>& place = item.*link;
    PLUGBROKER_ASSERT(!place.linked);
    place = {before, after, true};
    (before == nullptr ? front_ : (before->*link).next) = &item;
    (after == nullptr ? back_ : (after->*link).previous) = &item;
    ++size_;
  }

  T* front_ = nullptr;
  T* back_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace plugbroker::engine
