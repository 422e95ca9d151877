// SPDX-License-Identifier: Apache-2.0
#include "broker_core/protocol/frame_reader.h"

#include <algorithm>

namespace plugbroker::protocol {
namespace {

std::size_t frame_length(const FrameHeader& header) noexcept {
  return limits::frame_header_bytes + header.meta_len + header.payload_len;
}

Frame view_frame(const FrameHeader& header, const std::byte* bytes) noexcept {
  const std::byte* meta = bytes + limits::frame_header_bytes;
  return {header, ByteView{meta, header.meta_len}, ByteView{meta + header.meta_len, header.payload_len}};
}

}  // namespace

void FrameReader::set_max_chunk(std::uint32_t bytes) noexcept {
  max_chunk_ = std::min(max_chunk_, bytes);
}

std::optional<Frame> FrameReader::next() {
  if (partial_was_returned_) clear_partial();
  if (error_ || input_.empty()) return std::nullopt;
  if (!partial_.empty()) return next_from_partial();

  if (input_.size() < limits::frame_header_bytes) {
    take(limits::frame_header_bytes);
    return std::nullopt;
  }
  if (const auto error = decode_header(input_.data(), max_chunk_, header_)) {
    fail(*error);
    return std::nullopt;
  }
  const std::size_t length = frame_length(header_);
  if (input_.size() < length) {
    take(length);
    return std::nullopt;
  }
  const Frame frame = view_frame(header_, input_.data());
  input_ = input_.subspan(length);
  return frame;
}

bool FrameReader::in_frame() const noexcept {
  return !partial_.empty() && !partial_was_returned_;
}

std::optional<Frame> FrameReader::next_from_partial() {
  if (partial_.size() < limits::frame_header_bytes) {
    take(limits::frame_header_bytes);
    if (partial_.size() < limits::frame_header_bytes) return std::nullopt;
    if (const auto error = decode_header(partial_.data(), max_chunk_, header_)) {
      fail(*error);
      return std::nullopt;
    }
  }
  const std::size_t length = frame_length(header_);
  take(length);
  if (partial_.size() < length) return std::nullopt;
  partial_was_returned_ = true;
  return view_frame(header_, partial_.data());
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
