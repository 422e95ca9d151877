// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace plugbroker::engine {

/// Room for frames behind what a buffer holds. The buffer grows for several small frames at once, since it fills what it
/// grows by; what was not claimed is cut off in the end.
class FrameSpace {
 public:
  /// At most `max_bytes` can be claimed.
  FrameSpace(std::vector<std::byte>& buffer, std::size_t max_bytes) noexcept
      : buffer_(buffer), before_(buffer.size()), claimed_(before_), end_(before_ + max_bytes) {}
  ~FrameSpace() { buffer_.resize(claimed_); }  // Never grows.
  FrameSpace(const FrameSpace&) = delete;
  FrameSpace& operator=(const FrameSpace&) = delete;

  /// Where to write the next `length` bytes, valid until the next call; null when there is no room for them.
  [[nodiscard]] std::byte* claim(std::size_t length) {
    if (length > end_ - claimed_) return nullptr;
    if (length > buffer_.size() - claimed_) buffer_.resize(claimed_ + std::max(length, step));
    std::byte* const to = buffer_.data() + claimed_;
    claimed_ += length;
    return to;
  }

  [[nodiscard]] std::size_t claimed() const noexcept { return claimed_ - before_; }

 private:
  static constexpr std::size_t step = 256;  ///< A reply of some bytes, and its END.

  std::vector<std::byte>& buffer_;
  std::size_t before_;
  std::size_t claimed_;
  std::size_t end_;
};

}  // namespace plugbroker::engine
