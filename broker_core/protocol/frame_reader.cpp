// SPDX-License-Identifier: Apache-2.0
#include "broker_core/protocol/frame_reader.h"

#include <algorithm>

namespace plugbroker::protocol {

void FrameReader::set_max_chunk(std::uint32_t bytes) noexcept {
  max_chunk_ = std::min(max_chunk_, bytes);
}

bool FrameReader::in_frame() const noexcept {
  return !partial_.empty() && !partial_was_returned_;
}

/// The frame at hand came in parts, or its end has not come.
std::optional<Frame> FrameReader::next_from_parts() {
  if (partial_was_returned_) {
    clear_partial();
    return next();
  }
  if (input_.empty()) return std::nullopt;
  const bool header_is_read = partial_.empty() && input_.size() >= limits::frame_header_bytes;  // By next().
  if (!header_is_read && partial_.size() < limits::frame_header_bytes) {
    take(limits::frame_header_bytes);
    if (partial_.size() < limits::frame_header_bytes) return std::nullopt;
    if (const auto error = decode_header(partial_.data(), max_chunk_, header_)) {
      fail(*error);
      return std::nullopt;
    }
  }
  const std::size_t length = frame_length();
  take(length);
  if (partial_.size() < length) return std::nullopt;
  partial_was_returned_ = true;
  return view_frame(partial_.data());
}

void FrameReader::fail(HeaderError error) noexcept {
  error_ = error;
  clear_partial();
  input_ = {};
}

void FrameReader::take(std::size_t length) {
  const std::size_t wanted = std::min(length - partial_.size(), input_.size());
  const std::size_t size = partial_.size() + wanted;
  if (size > partial_.capacity()) partial_.reserve(std::min(length, std::max(size, 2 * partial_.capacity())));
  partial_.insert(partial_.end(), input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(wanted));
  input_ = input_.subspan(wanted);
}

void FrameReader::clear_partial() noexcept {
  std::vector<std::byte>{}.swap(partial_);
  partial_was_returned_ = false;
}

}  // namespace plugbroker::protocol
