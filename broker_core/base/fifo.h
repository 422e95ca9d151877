// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "broker_core/base/assert.h"

namespace plugbroker {

/// First in, first out, in one piece of memory that it keeps: it allocates only while it holds more than ever before,
/// where a std::deque allocates again and again while elements pass through. T is small and default-constructible.
template <typename T>
class Fifo {
 public:
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  void push_back(T element) {
    if (size_ == ring_.size()) grow();
    ring_[(first_ + size_) & (ring_.size() - 1)] = std::move(element);
    ++size_;
  }

  /// Only when not empty().
  [[nodiscard]] T take_front() {
    PLUGBROKER_ASSERT(size_ != 0);
    T element = std::move(ring_[first_]);
    first_ = (first_ + 1) & (ring_.size() - 1);
    --size_;
    return element;
  }

 private:
  static constexpr std::size_t least = 16;

  void grow() {
    std::vector<T> larger(ring_.empty() ? least : 2 * ring_.size());
    for (std::size_t i = 0; i < size_; ++i) larger[i] = std::move(ring_[(first_ + i) & (ring_.size() - 1)]);
    ring_ = std::move(larger);
    first_ = 0;
  }

  std::vector<T> ring_;  ///< Its size is zero or a power of two.
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace plugbroker
