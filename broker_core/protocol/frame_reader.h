// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "broker_core/base/assert.h"
#include "broker_core/protocol/frame_header.h"

namespace plugbroker::protocol {

/// A whole frame. The views are valid until the next call of FrameReader::next() or feed().
struct Frame {
  FrameHeader header;
  ByteView meta;
  ByteView payload;
};

/// Cuts a byte stream into frames.
///
/// Whatever bytes come in, each call yields a frame, asks for more, or reports the one error that ended the stream; the
/// result does not depend on how the bytes were cut. Frames that lie whole in the input are not copied. Holds at most
/// one frame (limits::max_frame_bytes), less than twice what has come of it, and no memory at all between whole frames.
class FrameReader {
 public:
  FrameReader() = default;

  /// Lowers (never raises) the payload limit from 64 KiB, after the opening.
  void set_max_chunk(std::uint32_t bytes) noexcept;

  /// Gives the reader more bytes. They must stay valid until next() returned nothing.
  /// Call next() until it returns nothing before feeding again. After an error the bytes are ignored.
  void feed(ByteView bytes) noexcept {
    PLUGBROKER_ASSERT(input_.empty());
    if (partial_was_returned_) clear_partial();
    if (!error_) input_ = bytes;
  }

  /// The next whole frame; nothing when more bytes are needed or the stream is broken.
  [[nodiscard]] std::optional<Frame> next() {
    // Nearly always it lies whole in the input. (After an error there is none.)
    if (partial_.empty() && input_.size() >= limits::frame_header_bytes) {
      if (const auto error = decode_header(input_.data(), max_chunk_, header_)) {
        fail(*error);
        return std::nullopt;
      }
      const std::size_t length = frame_length();
      if (length <= input_.size()) {
        const std::byte* const bytes = input_.data();
        input_ = input_.subspan(length);
        return view_frame(bytes);
      }
    }
    if (partial_.empty() && input_.empty()) return std::nullopt;
    return next_from_parts();
  }

  /// Set once the stream is broken; nothing can be read any more.
  [[nodiscard]] std::optional<HeaderError> error() const noexcept { return error_; }

  /// True when the bytes so far end in the middle of a frame.
  [[nodiscard]] bool in_frame() const noexcept;

 private:
  [[nodiscard]] std::size_t frame_length() const noexcept {
    return limits::frame_header_bytes + header_.meta_len + header_.payload_len;
  }
  [[nodiscard]] Frame view_frame(const std::byte* bytes) const noexcept {
    const std::byte* const meta = bytes + limits::frame_header_bytes;
    return {header_, ByteView{meta, header_.meta_len}, ByteView{meta + header_.meta_len, header_.payload_len}};
  }
  [[nodiscard]] std::optional<Frame> next_from_parts();
  void fail(HeaderError error) noexcept;
  void take(std::size_t length);
  void clear_partial() noexcept;

  ByteView input_;
  std::vector<std::byte> partial_;  ///< The front of a frame whose end has not come yet.
  bool partial_was_returned_ = false;
  FrameHeader header_;  ///< Of the frame at hand, once its 32 bytes are there.
  std::uint32_t max_chunk_ = limits::max_chunk_bytes;
  std::optional<HeaderError> error_;
};

}  // namespace plugbroker::protocol
