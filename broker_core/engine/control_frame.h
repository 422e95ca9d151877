// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include "broker_core/base/assert.h"
#include "broker_core/base/bytes.h"
#include "broker_core/base/limits.h"

namespace plugbroker::engine {

/// Room for one frame without payload, on the stack, of the shape that protocol::FrameWriter fills.
class ControlFrame {
 public:
  ControlFrame() = default;  // `ControlFrame frame;` leaves the bytes alone: each is written before it is read.

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::byte* data() noexcept { return bytes_.data(); }
  void resize(std::size_t size) noexcept {
    PLUGBROKER_ASSERT(size <= bytes_.size());
    size_ = size;
  }
  [[nodiscard]] ByteView view() const noexcept { return ByteView{bytes_}.first(size_); }

 private:
  std::array<std::byte, limits::frame_header_bytes + limits::max_meta_bytes> bytes_;
  std::size_t size_ = 0;
};

}  // namespace plugbroker::engine
