// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "broker_core/base/bytes.h"

namespace plugbroker::fuzz {

/// An input read as a list of choices. Past its end every choice is 0.
class FuzzInput {
 public:
  FuzzInput(const std::uint8_t* data, std::size_t size) : rest_(std::as_bytes(std::span{data, size})) {}

  [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }

  [[nodiscard]] std::uint8_t byte() noexcept {
    const ByteView taken = bytes(1);
    return taken.empty() ? std::uint8_t{0} : std::to_integer<std::uint8_t>(taken.front());
  }
  [[nodiscard]] std::uint32_t two_bytes() noexcept {
    const std::uint32_t low = byte();
    return low | std::uint32_t{byte()} << 8;
  }
  /// 0 to bound - 1; `bound` is at most 256.
  [[nodiscard]] std::size_t below(std::size_t bound) noexcept { return byte() % bound; }
  /// At most `count` bytes: what is left.
  [[nodiscard]] ByteView bytes(std::size_t count) noexcept {
    const ByteView taken = rest_.first(std::min(count, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }
  [[nodiscard]] ByteView rest() noexcept { return bytes(rest_.size()); }

 private:
  ByteView rest_;
};

/// How bytes reach what is tested. The result must not depend on it.
enum class Cut : std::uint8_t { whole, frame_by_frame, byte_by_byte };

/// Calls `take` with the pieces in order. Each is a heap block of its own, so that reading past it is found. A cut
/// frame by frame goes by what `ends_frame(byte)` says of each byte.
template <typename Take, typename EndsFrame>
void feed(ByteView bytes, Cut cut, Take take, EndsFrame ends_frame) {
  std::vector<std::byte> block;
  for (const std::byte byte : bytes) {
    block.push_back(byte);
    const bool ends = cut == Cut::byte_by_byte || (cut == Cut::frame_by_frame && ends_frame(byte));
    if (!ends) continue;
    block.shrink_to_fit();
    take(ByteView{block});
    block = {};
  }
  block.shrink_to_fit();
  if (!block.empty()) take(ByteView{block});
}
template <typename Take>
void feed(ByteView bytes, Cut cut, Take take) {
  feed(bytes, cut, take, [](std::byte) { return false; });
}

}  // namespace plugbroker::fuzz
